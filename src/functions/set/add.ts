import { use } from '../../collection/in-use.ts';
import { addToSet, announce, asThing, removeFromSet, storedIn } from '../../collection/mutate.ts';
import type { Thing, ThingSet } from '../../values/value.ts';
import type { Query } from '../../evaluator/query.ts';
import { builtin, type Lazy } from '../builtin.ts';
import { isRelated } from './_each.ts';

/** Each thing is evaluated and added before the next, which sees it in the set; an error takes them back. */
export default builtin({
  name: 'add', on: 'set', args: ['...lazy'], atLeast: 1, change: 'collection', freeOnVariable: true, freeUnderNse: true, mutates: true,
  run: (q, self, ...lazies) => {
    q.assertLength(self.things.size + lazies.length);
    return lazies.length === 1 || storedIn(self) === null || isRelated(self) ? addOneByOne(q, self, lazies) : addAtOnce(q, self, lazies);
  },
});

/**
 * A set that is not stored may become so meanwhile, and one side of a relation may change from the other side, whatever is
 * locked; and what is stored is told by events: so each is added for good.
 */
function addOneByOne(q: Query, self: ThingSet, lazies: readonly Lazy[]): number {
  const added: Thing[] = [];
  let all = false;
  const outer = use(q, self);
  try {
    for (const lazy of lazies) {
      const thing = asThing(lazy());
      if (self.things.has(thing)) continue;
      q.fitMember(self, thing);
      addToSet(q, self, [thing]);
      added.push(thing);
    }
    all = true;
  } finally {
    q.inUse = outer;
    if (!all) removeFromSet(q, self, added);
  }
  return added.length;
}

/** On a stored set all are one event; until then the set only looks as if it had them. */
function addAtOnce(q: Query, self: ThingSet, lazies: readonly Lazy[]): number {
  const added: Thing[] = [];
  announce(q, self);
  const outer = use(q, self);
  try {
    for (const lazy of lazies) {
      const thing = asThing(lazy());
      if (self.things.has(thing)) continue;
      q.fitMember(self, thing);
      self.own().add(thing);
      added.push(thing);
    }
  } finally {
    q.inUse = outer;
    for (const thing of added) self.own().delete(thing);
  }
  return addToSet(q, self, added);
}
