import { spliceList } from '../../collection/mutate.ts';
import { builtin } from '../builtin.ts';
import { evaluateInto } from './_add.ts';

export default builtin({
  name: 'unshift', on: 'list', args: ['...lazy'], atLeast: 1, change: 'collection', freeOnVariable: true, freeUnderNse: true, mutates: true,
  run: (q, self, ...items) => {
    const added = evaluateInto(q, self, 0, false, items);
    q.assertLength(self.items.length + added.length);
    q.spend(self.items.length >> 8);
    spliceList(q, self, 0, 0, added);
    return self.items.length;
  },
});
