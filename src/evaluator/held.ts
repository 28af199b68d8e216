/**
 * Which things a running query holds in its variables. A stored thing that nothing stored refers to any more lives on
 * as long as the query holds it; reference counts, which are the same on every replica, know nothing of that. It
 * matters in one place: a look-up by id within the same query must not find what is gone.
 */
import { List, Room, Thing, ThingSet, Wrap, type Value } from '../values/value.ts';
import type { Query } from './query.ts';

/** The stored thing of that id; null when there is none, or when nothing refers to it any more. */
export function storedThing(q: Query, id: number): Thing | null {
  const { collection } = q;
  if (collection === null) return null;
  if (collection.hasDoomed) collection.drop(held(q));
  return collection.things.get(id) ?? null;
}

/** Things and rooms reached from variables. What a stored thing refers to is counted, so the search ends there. */
function held(q: Query): Set<Thing | Room> {
  const found = new Set<Thing | Room>();
  const meet = (value: Value | undefined): void => {
    if (typeof value !== 'object' || value === null) return;
    q.spend(1);
    if (value instanceof Thing || value instanceof Room) found.add(value);
    else if (value instanceof List) value.items.forEach(meet);
    else if (value instanceof ThingSet) value.things.forEach(meet);
    else if (value instanceof Wrap) meet(value.thing);
  };
  for (let frame: typeof q.frame | null = q.frame; frame !== null; frame = frame.parent) {
    frame.slots.forEach(meet);
    frame.extra?.forEach(meet);
  }
  meet(q.returned);
  for (const future of q.futures) future.args.forEach(meet);
  // Grows while it runs.
  for (const item of found) if (item instanceof Thing && item.id === 0) item.values.forEach(meet);
  return found;
}
