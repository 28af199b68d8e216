import { fieldOf } from '../../collection/fit.ts';
import type { Callback } from '../../evaluator/callback.ts';
import type { Query } from '../../evaluator/query.ts';
import type { Closure, Thing, ThingSet } from '../../values/value.ts';
import { withEach } from '../list/_each.ts';

/** Whether a set is one side of a relation, which may change from the other side, whatever is locked. */
export const isRelated = (self: ThingSet): boolean => fieldOf(self)?.relation != null;

/**
 * As {@link withEach}, for the things of a set. Of one side of a relation a closure with side effects gets the things that
 * were there, and without it may not call any that has some.
 */
export function withThings<T>(q: Query, self: ThingSet, closure: Closure, body: (each: Callback, things: Iterable<Thing>) => T): T {
  if (!isRelated(self)) return withEach(q, self, closure, each => body(each, self.things));
  if (q.hasSideEffects(closure)) return withEach(q, self, closure, each => body(each, [...self.things]));
  q.quiet++;
  try {
    return withEach(q, self, closure, each => body(each, self.things));
  } finally {
    q.quiet--;
  }
}
