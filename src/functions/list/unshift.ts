import { builtin } from '../builtin.ts';
import { insertEvaluated } from './_add.ts';

export default builtin({
  name: 'unshift', on: 'list', args: ['...lazy'], atLeast: 1, change: 'collection', freeOnVariable: true, freeUnderNse: true, mutates: true,
  run: (q, self, ...items) => {
    q.spend(self.items.length >> 8);
    insertEvaluated(q, self, 0, items);
    return self.items.length;
  },
});
