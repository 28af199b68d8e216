/**
 * Raw operations on things, lists and sets: they change the value and nothing else. No checks of types or
 * rights, no events, no counting of references; `collection/` does that around them, the same way for the
 * query that makes a change and for a replica that repeats it.
 */
import { assert } from '../errors/assert.ts';
import { emptyDictShape, emptyShape, isName } from './shape.ts';
import type { Spec } from './spec.ts';
import { List, Thing, ThingSet, type Value } from './value.ts';

export function getProperty(thing: Thing, key: string): Value | undefined {
  const i = thing.shape.find(key);
  return i < 0 ? undefined : thing.valueAt(i);
}

/** A new thing of these properties. */
export function makeThing(props: Iterable<readonly [string, Value]> = []): Thing {
  const thing = new Thing(emptyShape());
  for (const [key, value] of props) setProperty(thing, key, value);
  return thing;
}

/** A new thing without properties; a dictionary lists its keys in byte order from the start. */
export function emptyThing(dict: boolean): Thing {
  return new Thing(dict ? emptyDictShape() : emptyShape());
}

/**
 * Gives back the room for more that arrays have which grew one by one: sixteen places, in things that are mostly
 * small and stay as they are.
 */
export function compact(thing: Thing): void {
  thing.compact();
  for (let at = 0; at < thing.count; at++) {
    const value = thing.valueAt(at);
    if (value instanceof List) value.items = value.items.slice();
  }
}

/** Adds or replaces a property; gives the value that it had, if any. */
export function setProperty(thing: Thing, key: string, value: Value): Value | undefined {
  const i = thing.shape.find(key);
  if (i >= 0) {
    const old = thing.valueAt(i);
    disown(old, thing);
    thing.setValueAt(i, value);
    own(value, thing, key);
    return old;
  }
  if (!thing.shape.dict && !isName(key)) {
    // The first key that is no name makes it a dictionary, for good.
    thing.shape = thing.shape.own();
    thing.shape.makeDict();
  }
  thing.append(key, value);
  own(value, thing, key);
  return undefined;
}

/** Takes out property `key`, which exists; the last one moves into its place. Gives its value. */
export function delProperty(thing: Thing, key: string): Value {
  const i = thing.shape.find(key);
  assert(i >= 0, 'a property that is deleted exists');
  const old = thing.valueAt(i);
  disown(old, thing);
  thing.removeValueAt(i);
  thing.shape = thing.shape.own();
  thing.shape.removeAt(i);
  return old;
}

/** Renames property `from`, which exists, to `to`, which does not: it goes to the end. */
export function renProperty(thing: Thing, from: string, to: string): void {
  setProperty(thing, to, delProperty(thing, from));
}

/** Takes out all properties; gives their values. */
export function clearThing(thing: Thing): Value[] {
  const old = thing.toValues();
  for (const value of old) disown(value, thing);
  thing.setValues([]);
  thing.shape = thing.shape.cleared();
  return old;
}

/** Sets or (null) takes away what every value of a plain thing must be. */
export function restrictThing(thing: Thing, spec: Spec | null): void {
  thing.shape = thing.shape.restrictedBy(spec);
}

/** So many items, when they are no small part of what the list will have, are worth an array of its size. */
const MANY = 32;

/** Replaces `count` items at `at` by `items`; gives those taken out. */
export function spliceList(list: List, at: number, count: number, items: readonly Value[]): Value[] {
  const all = list.items;
  if (items.length > MANY && 2 * items.length > all.length - count) {
    list.items = count === all.length ? items.slice() : at === all.length ? all.concat(items) : all.slice(0, at).concat(items, all.slice(at + count));
    return all.slice(at, at + count);
  }
  // The ends of a list are where nearly all changes happen.
  if (count === 0 && at === all.length) {
    for (const item of items) all.push(item);
    return [];
  }
  if (count === 1 && items.length === 0) {
    if (at === 0) return [all.shift()!];
    if (at === all.length - 1) return [all.pop()!];
  }
  if (count === 0 && at === 0 && items.length === 1) {
    all.unshift(items[0]!);
    return [];
  }
  if (count === 1 && items.length === 1) {
    const old = all[at]!;
    all[at] = items[0]!;
    return [old];
  }
  if (items.length <= SPREAD_MAX) return all.splice(at, count, ...items);
  const old = all.slice(at, at + count);
  list.items = all.slice(0, at).concat(items, all.slice(at + count));
  return old;
}

/** Takes out the items at these positions, which ascend; gives them. */
export function takeItems(list: List, positions: readonly number[]): Value[] {
  const { items } = list;
  const taken: Value[] = [];
  let to = positions[0]!;
  for (let from = to; from < items.length; from++) {
    if (from === positions[taken.length]) taken.push(items[from]!);
    else items[to++] = items[from]!;
  }
  items.length = to;
  return taken;
}

/** Arguments of one call that V8 surely has room for on the stack. */
const SPREAD_MAX = 10_000;

/** Gives false when the set has it already. */
export function addToSet(set: ThingSet, thing: Thing): boolean {
  const n = set.things.size;
  set.own().add(thing);
  return set.things.size > n;
}

/** Gives false when the set does not have it. */
export function removeFromSet(set: ThingSet, thing: Thing): boolean {
  return set.own().delete(thing);
}

/** A list or set becomes part of the thing that holds it. */
export function own(value: Value, thing: Thing, key: string): void {
  if (value instanceof List || value instanceof ThingSet) {
    assert(value.owner === null, 'a list or set has one owner');
    value.owner = thing;
    value.key = key;
  }
}

/** The lists and sets among the values that a thing was given become part of it. */
export function ownValues(thing: Thing): void {
  const { keys } = thing.shape;
  for (let at = 0; at < keys.length; at++) own(thing.valueAt(at), thing, keys[at]!);
}

/** A list or set that leaves its thing is free again. */
export function disown(value: Value, thing: Thing): void {
  if ((value instanceof List || value instanceof ThingSet) && value.owner === thing) {
    value.owner = null;
    value.key = '';
  }
}
