import { containers as msg } from '../../errors/messages/containers.ts';
import { spliceList } from '../../collection/mutate.ts';
import { builtin } from '../builtin.ts';
import { itemsFor } from './_add.ts';

export default builtin({
  name: 'extend', on: 'list', args: ['list|tuple'], change: 'collection', freeOnVariable: true, freeUnderNse: true, mutates: true,
  typeMessage: (_n, got) => msg.extendType('extend', got),
  run: (q, self, other) => {
    const n = self.items.length;
    q.assertLength(n + other.items.length);
    const added = itemsFor(q, self, other.items);
    if (added.length > 0) spliceList(q, self, n, 0, added);
    return self.items.length;
  },
});
