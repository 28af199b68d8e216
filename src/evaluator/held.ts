/**
 * What the variables of a running query hold. A change of a type reaches the things among them that are not stored
 * too, and some changes are refused because of them. A stored thing that nothing stored refers to any more lives on
 * as long as the query holds it; reference counts, which are the same on every replica, know nothing of that.
 */
import { dropThings } from '../collection/schema-events.ts';
import type { Type } from '../values/type.ts';
import { List, Obj, Thing, ThingSet, Wrap, type Value } from '../values/value.ts';
import type { Query } from './query.ts';

/** The stored thing of that id; null when there is none, or when nothing refers to it any more. */
export function storedThing(q: Query, id: number): Thing | null {
  settle(q);
  return q.collection?.things.get(id) ?? null;
}

/**
 * Lets go of the stored things that nothing refers to. Whatever looks at all that is stored, such as all instances of
 * a type, does so first: else it would see what is gone.
 */
export function settle(q: Query): void {
  const { collection, change } = q;
  if (collection === null || change === null || !collection.hasDoomed) return;
  const ids = collection.drop(heldBy(q));
  if (ids.length > 0) change.record(dropThings, { ids });
}

/** Everything that variables lead to. What a stored thing refers to is counted, so the search ends there. */
export function heldBy(q: Query): Set<Obj> {
  const found = new Set<Obj>();
  const meet = (value: Value | undefined): void => {
    if (value instanceof Obj) found.add(value);
  };
  for (let frame: typeof q.frame | null = q.frame; frame !== null; frame = frame.parent) {
    frame.slots.forEach(meet);
    frame.extra?.forEach(meet);
  }
  meet(q.returned);
  for (const future of q.futures) future.args.forEach(meet);
  // Grows while it runs.
  for (const value of found) {
    q.spend(1);
    if (value instanceof List) value.items.forEach(meet);
    else if (value instanceof ThingSet) value.things.forEach(meet);
    else if (value instanceof Wrap) meet(value.thing);
    else if (value instanceof Thing && value.id === 0) value.toValues().forEach(meet);
  }
  return found;
}

/** The instances of a type that are not stored. */
export function looseInstances(q: Query, type: Type): Thing[] {
  const found: Thing[] = [];
  for (const value of heldBy(q)) if (value instanceof Thing && value.id === 0 && value.type === type) found.push(value);
  return found;
}

/** All instances that there are: the stored ones, then those that variables hold. */
export function allInstances(q: Query, type: Type): Thing[] {
  settle(q);
  return [...type.instances, ...looseInstances(q, type)];
}
