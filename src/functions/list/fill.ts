import { spliceList, toItem } from '../../collection/mutate.ts';
import type { Value } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

export default builtin({
  name: 'fill', on: 'list', args: ['any'], change: 'collection', freeOnVariable: true, freeUnderNse: true, mutates: true,
  run: (q, self, given) => {
    const n = self.items.length;
    if (n === 0) return self;
    const value = q.fitItem(self, toItem(q, given));
    q.spend(n >> 4);
    spliceList(q, self, 0, n, new Array<Value>(n).fill(value));
    return self;
  },
});
