import { addToSet, asThing } from '../../collection/mutate.ts';
import type { Thing } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

/** Each thing is evaluated and added before the next, so that `s.add(a, s.len() …)` sees it; an error takes them back. */
export default builtin({
  name: 'add', on: 'set', args: ['...lazy'], atLeast: 1, change: 'collection', freeOnVariable: true, freeUnderNse: true, mutates: true,
  run: (q, self, ...lazies) => {
    const added: Thing[] = [];
    self.locks++;
    try {
      for (const lazy of lazies) {
        const thing = asThing(lazy());
        if (self.things.has(thing)) continue;
        q.fitMember(self, thing);
        self.things.add(thing);
        added.push(thing);
      }
    } finally {
      self.locks--;
      for (const thing of added) self.things.delete(thing);
    }
    q.assertLength(self.things.size + added.length);
    return addToSet(q, self, added);
  },
});
