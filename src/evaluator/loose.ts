/**
 * What only the variables of a running query hold: things without an id. A change of a type reaches them too,
 * and some changes are refused because of them.
 */
import type { Type } from '../values/type.ts';
import { Future, List, Obj, Thing, ThingSet, Wrap, type Value } from '../values/value.ts';
import type { Query } from './query.ts';

/** Calls `visit` once for each value that the query's variables lead to; it does not go into stored things. */
export function eachHeld(q: Query, visit: (value: Obj) => void): void {
  const seen = new Set<Obj>();
  const stack: (Value | undefined)[] = [];
  for (let frame: Query['frame'] | null = q.frame; frame !== null; frame = frame.parent) {
    stack.push(...frame.slots);
    if (frame.extra !== null) stack.push(...frame.extra.values());
  }
  while (stack.length > 0) {
    const value = stack.pop();
    if (!(value instanceof Obj) || seen.has(value)) continue;
    seen.add(value);
    visit(value);
    if (value instanceof List) pushAll(stack, value.items);
    else if (value instanceof ThingSet) pushAll(stack, value.things);
    else if (value instanceof Thing) {
      if (value.id === 0) pushAll(stack, value.values);
    } else if (value instanceof Wrap) stack.push(value.thing);
    else if (value instanceof Future) pushAll(stack, value.args);
  }
}

function pushAll(stack: (Value | undefined)[], values: Iterable<Value>): void {
  for (const value of values) stack.push(value);
}

/** The instances of a type that are not stored. */
export function looseInstances(q: Query, type: Type): Thing[] {
  const found: Thing[] = [];
  eachHeld(q, value => {
    if (value instanceof Thing && value.id === 0 && value.type === type) found.push(value);
  });
  return found;
}

/** All instances that there are: the stored ones, then those that variables hold. */
export function allInstances(q: Query, type: Type): Thing[] {
  return [...type.instances, ...looseInstances(q, type)];
}
