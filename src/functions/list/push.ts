import { spliceList, toItem } from '../../collection/mutate.ts';
import { builtin } from '../builtin.ts';

/** Each item is evaluated and added before the next, so that `a.push(a.len(), a.len())` sees the first; an error takes them back. */
export default builtin({
  name: 'push', on: 'list', args: ['...lazy'], atLeast: 1, change: 'collection', freeOnVariable: true, freeUnderNse: true, mutates: true,
  run: (q, self, ...items) => {
    const before = self.items.length;
    self.locks++;
    const added = [];
    try {
      for (const item of items) {
        const value = q.fitItem(self, toItem(q, item()));
        self.items.push(value);
        added.push(value);
      }
    } finally {
      self.locks--;
      self.items.length = before;
    }
    q.assertLength(before + added.length);
    spliceList(q, self, before, 0, added);
    return self.items.length;
  },
});
