import { truthy } from '../../values/compare.ts';
import type { Closure, Thing, ThingSet } from '../../values/value.ts';
import type { Query } from '../../evaluator/query.ts';
import { idOf } from '../list/_each.ts';
import { withThings } from './_each.ts';

/** The first thing for which the closure answers something true; null when there is none. */
export function thingWhere(q: Query, self: ThingSet, closure: Closure): Thing | null {
  return withThings(q, self, closure, (each, things) => {
    for (const thing of things) if (truthy(each.call2(thing, idOf(thing)))) return thing;
    return null;
  });
}
