import { containers as msg } from '../../errors/messages/containers.ts';
import { spliceList } from '../../collection/mutate.ts';
import { builtin } from '../builtin.ts';
import { itemsFor } from './_add.ts';
import { Seen } from './_seen.ts';

/** Adds what the list does not have yet, each once. */
export default builtin({
  name: 'extend_unique', on: 'list', args: ['list|tuple'], change: 'collection', freeOnVariable: true, freeUnderNse: true, mutates: true,
  typeMessage: (_n, got) => msg.extendType('extend_unique', got),
  run: (q, self, other) => {
    const seen = new Seen(q);
    for (const item of self.items) seen.add(item);
    const added = itemsFor(q, self, other.items.filter(item => seen.add(item)));
    q.assertLength(self.items.length + added.length);
    if (added.length > 0) spliceList(q, self, self.items.length, 0, added);
    return self.items.length;
  },
});
