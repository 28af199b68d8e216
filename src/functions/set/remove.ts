import { numArgumentsErr, typeErr } from '../../errors/query-error.ts';
import { call as callMsg } from '../../errors/messages/call.ts';
import { containers as msg } from '../../errors/messages/containers.ts';
import { use } from '../../collection/in-use.ts';
import { addToSet, announce, removeFromSet } from '../../collection/mutate.ts';
import { truthy } from '../../values/compare.ts';
import { Closure, List, Thing, isInt, typeName, type ThingSet, type Value } from '../../values/value.ts';
import type { Query } from '../../evaluator/query.ts';
import { builtin, type Lazy } from '../builtin.ts';
import { idOf } from '../../evaluator/cursor.ts';
import { isRelated, withThings } from './_each.ts';

const DOCS = 'data-types/set/remove';

/** Takes out the given things, or those that a closure chooses. Answers what was taken out. */
export default builtin({
  name: 'remove', on: 'set', args: ['...lazy'], atLeast: 1, change: 'collection', freeUnderNse: true, mutates: true,
  run: (q, self, ...lazies) => {
    const things = choose(q, self, lazies);
    removeFromSet(q, self, things);
    return new List(things);
  },
});

function choose(q: Query, self: ThingSet, lazies: readonly Lazy[]): Thing[] {
  const outer = use(q, self);
  try {
    const first = lazies[0]!();
    if (first instanceof Thing) return isRelated(self) ? presentRelated(q, self, first, lazies) : present(q, self, first, lazies);
    if (!(first instanceof Closure)) throw typeErr(msg.removeTypes(typeName(first)), DOCS);
    if (lazies.length > 2) throw numArgumentsErr(msg.removeCount(lazies.length), DOCS);
    return matching(q, self, first, lazies.length > 1 ? limitOf(lazies[1]!) : Infinity);
  } finally {
    q.inUse = outer;
  }
}

/** The given things that the set has, each once. A later argument no longer sees the earlier things in the set. */
function present(q: Query, self: ThingSet, first: Thing, lazies: readonly Lazy[]): Thing[] {
  const before = self.things;
  const found = new Set<Thing>();
  let rest = new Set<Thing>();
  try {
    for (let i = 0; i < lazies.length; i++) {
      const thing = i === 0 ? first : lazies[i]!();
      assertThing(thing, i);
      if (!before.has(thing)) continue;
      found.add(thing);
      if (i + 1 < lazies.length) {
        if (self.things === before) {
          announce(q, self);
          self.things = rest = new Set(before);
        }
        rest.delete(thing);
      }
    }
  } finally {
    self.things = before;
  }
  return [...found];
}

/** The same of one side of a relation: it may change meanwhile from the other side, so each is taken out for good, by an event. */
function presentRelated(q: Query, self: ThingSet, first: Thing, lazies: readonly Lazy[]): Thing[] {
  const found: Thing[] = [];
  let all = false;
  try {
    for (let i = 0; i < lazies.length; i++) {
      const thing = i === 0 ? first : lazies[i]!();
      assertThing(thing, i);
      if (!self.things.has(thing)) continue;
      removeFromSet(q, self, [thing]);
      found.push(thing);
    }
    all = true;
  } finally {
    if (!all) addToSet(q, self, found);
  }
  return found;
}

function assertThing(value: Value, i: number): asserts value is Thing {
  if (!(value instanceof Thing)) throw typeErr(callMsg.argType('remove', i + 1, '`thing`', typeName(value)), DOCS);
}

function limitOf(lazy: Lazy): number {
  const limit = lazy();
  if (!isInt(limit)) throw typeErr(callMsg.argType('remove', 2, '`int`', typeName(limit)), DOCS);
  return limit < 0 ? Infinity : Number(limit);
}

function matching(q: Query, self: ThingSet, closure: Closure, limit: number): Thing[] {
  return withThings(q, self, closure, (each, things) => {
    const found: Thing[] = [];
    for (const thing of things) {
      if (found.length >= limit) break;
      if (truthy(each.call2(thing, idOf(thing)))) found.push(thing);
    }
    return found;
  });
}
