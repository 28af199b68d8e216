import { builtin } from '../builtin.ts';
import { insertEvaluated } from './_add.ts';

export default builtin({
  name: 'push', on: 'list', args: ['...lazy'], atLeast: 1, change: 'collection', freeOnVariable: true, freeUnderNse: true, mutates: true,
  run: (q, self, ...items) => {
    insertEvaluated(q, self, self.items.length, items);
    return self.items.length;
  },
});
