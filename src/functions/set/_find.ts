import type { Closure, Thing, ThingSet } from '../../values/value.ts';
import type { Query } from '../../evaluator/query.ts';
import { withThings } from './_each.ts';

/** The first thing for which the closure answers something true, or something false; null when there is none. */
export function thingWhere(q: Query, self: ThingSet, closure: Closure, wanted: boolean): Thing | null {
  return withThings(q, self, closure, (each, things) => {
    for (const portion of each.portions(things)) {
      const i = each.first(portion, wanted, true);
      if (i >= 0) return portion[i]!;
    }
    return null;
  });
}
