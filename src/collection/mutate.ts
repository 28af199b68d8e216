/**
 * The one way by which a query changes things, lists and sets: the raw operation, and, when the value is
 * stored, the event that records it. Checks that belong to the value itself (locks, restrictions, types) are
 * made here too, before anything is changed; checks of rights and of arguments are made by the caller.
 */
import { assert } from '../errors/assert.ts';
import { operationErr, typeErr, valueErr } from '../errors/query-error.ts';
import { change as msg } from '../errors/messages/change.ts';
import { containers } from '../errors/messages/containers.ts';
import * as raw from '../values/raw.ts';
import { isUtf8 } from '../values/str.ts';
import { toArray } from '../values/large-set.ts';
import { List, Room, TAG, Thing, ThingSet, Wrap, typeName, type Closure, type Obj, type Value } from '../values/value.ts';
import type { Spec } from '../values/spec.ts';
import type { Change } from './event.ts';
import { isInUse, type Using } from './in-use.ts';
import type { Replica } from './replica.ts';
import * as events from './events.ts';

/** What a change needs to know of the query that makes it. */
export interface Mutator extends Using {
  /** The running change; null in a query that makes none. */
  readonly change: Change | null;
  /** The collection as the target of events; null outside collections. */
  readonly replica: Replica | null;
  /** True when `nse()` is the reason that there is no change. */
  readonly nse: boolean;
  /** Makes a closure that is put into a value a stored one: its text becomes compact. */
  bind(closure: Closure): void;
  /** What a list or set may hold, and a property: checked and, where the language says so, converted. */
  fitItem(list: List, value: Value): Value;
  fitMember(set: ThingSet, thing: Thing): void;
  fitProperty(thing: Thing, at: number, key: string, value: Value, fresh: boolean): Value;
  /** Brings an instance up to date that a change of its type did not reach. */
  refresh(thing: Thing): void;
}

/** The thing whose stored data a container is part of; null when it is not stored. */
export function storedIn(value: Thing | List | ThingSet): Thing | null {
  const thing = value instanceof Thing ? value : value.owner;
  return thing !== null && thing.id !== 0 ? thing : null;
}

/** To be called before the content of a list or set is exchanged for a while, behind the back of events. */
export function announce(q: Mutator, value: List | ThingSet): void {
  const thing = storedIn(value);
  if (thing !== null) q.replica?.collection.changing(thing, value.key);
}

/** Refuses a change of a value that an iteration or a call is using, or of stored data without a change. */
export function assertMutable(q: Mutator, value: Thing | List | ThingSet): void {
  if (isInUse(q, value)) throw operationErr(msg.inUse(typeName(value)));
  if (q.change === null && storedIn(value) !== null) {
    const type = value instanceof Thing ? 'thing' : typeName(value);
    throw operationErr(q.nse ? msg.storedUnderNse(type) : msg.storedNeedsWse(type));
  }
}

export function assertKeyUtf8(key: string): void {
  if (!isUtf8(key)) throw valueErr(msg.keyUtf8());
}

/** One character from the blank to the slash: such keys have a meaning where values are packed. */
export function assertKeyAllowed(key: string): void {
  assertKeyUtf8(key);
  if (key.length === 1 && key >= ' ' && key <= '/') throw valueErr(msg.reserved(key), 'overview/properties');
}

/**
 * What a value becomes when it is put on a property: a list or set is copied (`fresh` says that nobody else
 * has it), a tuple becomes a list, a future nil.
 */
export function toProperty(q: Mutator, value: Value, fresh = false): Value {
  if (typeof value !== 'object' || value === null) return value;
  switch (value.tag) {
    case TAG.list:
      return fresh && (value as List).owner === null ? value : new List(itemsOf(value as List));
    case TAG.tuple:
      return new List(itemsOf(value as List));
    case TAG.set:
      return fresh && (value as ThingSet).owner === null ? value : new ThingSet(new Set((value as ThingSet).things));
    case TAG.closure:
      q.bind(value as Closure);
      return value;
    case TAG.future:
      return null;
    default:
      return value;
  }
}

/** What a value becomes when it is put into a list: lists and sets become tuples. */
export function toItem(q: Mutator, value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  switch (value.tag) {
    case TAG.list:
      return new List(itemsOf(value as List), true);
    case TAG.set:
      return new List([...(value as ThingSet).things], true);
    case TAG.closure:
      q.bind(value as Closure);
      return value;
    case TAG.future:
      return null;
    default:
      return value;
  }
}

/** A copy of the items. What `thing.values()` gives may hold lists and sets, which only a property can hold. */
function itemsOf(list: List): Value[] {
  const items = list.items.slice();
  for (let i = 0; i < items.length; i++) {
    const item = items[i]!;
    if (typeof item === 'object' && item !== null && (item.tag === TAG.list || item.tag === TAG.set)) items[i] = containerAsItem(item);
  }
  return items;
}

function containerAsItem(value: Obj): List {
  return new List(value instanceof List ? itemsOf(value) : [...(value as ThingSet).things], true);
}

/** Adds or replaces a property. The value is checked against the thing's type or restriction. */
export function setProperty(q: Mutator, thing: Thing, key: string, given: Value, fresh = false): void {
  const at = thing.shape.find(key);
  const value = thing.type !== null || thing.spec !== null ? q.fitProperty(thing, at, key, given, fresh) : toProperty(q, given, fresh);
  if (at >= 0) assertReplaceable(q, thing, key, thing.valueAt(at));
  if (thing.id === 0) {
    raw.setProperty(thing, key, value);
    return;
  }
  const { change, replica } = inChange(q);
  store(q, value);
  change.do(events.setProperty, replica, { thing, key, value });
}

/** Takes out a property, which exists; gives its value. */
export function delProperty(q: Mutator, thing: Thing, key: string): Value {
  const value = raw.getProperty(thing, key)!;
  assertReplaceable(q, thing, key, value);
  if (thing.id === 0) return raw.delProperty(thing, key);
  const { change, replica } = inChange(q);
  change.do(events.delProperty, replica, { thing, key });
  return value;
}

/** Renames a property; the caller has checked that `from` exists and `to` does not. */
export function renProperty(q: Mutator, thing: Thing, from: string, to: string): void {
  if (thing.id === 0) {
    raw.renProperty(thing, from, to);
    return;
  }
  const { change, replica } = inChange(q);
  change.do(events.renProperty, replica, { thing, from, to });
}

export function clearThing(q: Mutator, thing: Thing): void {
  if (thing.id === 0) {
    raw.clearThing(thing);
    return;
  }
  const { change, replica } = inChange(q);
  change.do(events.clearThing, replica, { thing });
}

/** Sets or (null) takes away what every value of a plain thing must be; its values fit. */
export function restrictThing(q: Mutator, thing: Thing, spec: Spec | null): void {
  if (thing.id === 0) {
    raw.restrictThing(thing, spec);
    return;
  }
  const { change, replica } = inChange(q);
  change.do(events.restrictThing, replica, { thing, restrict: spec?.text ?? null });
}

/**
 * Takes `count` items out of a list at `at` and puts `items` in their place; gives those taken out. `items`
 * have been through {@link toItem} and fit the list's restriction ({@link Mutator.fitItem}).
 */
export function spliceList(q: Mutator, list: List, at: number, count: number, items: readonly Value[]): Value[] {
  assert(list.tag === TAG.list && at >= 0 && at + count <= list.items.length, 'a splice lies within its list');
  const thing = storedIn(list);
  if (thing === null) return raw.spliceList(list, at, count, items);
  const { change, replica } = inChange(q);
  const old = list.items.slice(at, at + count);
  for (const item of items) store(q, item);
  change.do(events.spliceList, replica, { thing, key: list.key, at, count, items });
  return old;
}

/** Takes the items at these positions, which ascend, out of a list; gives them. */
export function takeItems(q: Mutator, list: List, positions: readonly number[]): Value[] {
  const thing = storedIn(list);
  if (thing === null) return raw.takeItems(list, positions);
  const { change, replica } = inChange(q);
  const taken = positions.map(i => list.items[i]!);
  change.do(events.takeItems, replica, { thing, key: list.key, at: positions });
  return taken;
}

/** Adds things to a set; gives how many it did not have yet. */
export function addToSet(q: Mutator, set: ThingSet, things: readonly Thing[]): number {
  const before = set.things.size;
  const thing = storedIn(set);
  if (thing === null) {
    for (const item of things) raw.addToSet(set, item);
    return set.things.size - before;
  }
  const fresh = things.filter(item => !set.things.has(item));
  if (fresh.length === 0) return 0;
  const { change, replica } = inChange(q);
  for (const item of fresh) store(q, item);
  change.do(events.addToSet, replica, { thing, key: set.key, things: fresh });
  return set.things.size - before;
}

/** Takes out those of `things` that the set has. */
export function removeFromSet(q: Mutator, set: ThingSet, things: readonly Thing[]): void {
  const thing = storedIn(set);
  if (thing === null) {
    for (const item of things) raw.removeFromSet(set, item);
    return;
  }
  const present = things.filter(item => set.things.has(item));
  if (present.length === 0) return;
  const { change, replica } = inChange(q);
  change.do(events.removeFromSet, replica, { thing, key: set.key, things: present });
}

/** Takes out all things of a set. */
export function clearSet(q: Mutator, set: ThingSet): void {
  const thing = storedIn(set);
  if (thing === null) {
    set.empty();
    return;
  }
  if (set.things.size === 0) return;
  const { change, replica } = inChange(q);
  change.do(events.removeFromSet, replica, { thing, key: set.key, things: toArray(set.things) });
}

/**
 * Makes all that `value` refers to stored: each thing and room without an id gets one, and an event that brings
 * its content, before the event that refers to it. Works through a queue, so that a long chain of things is no
 * deep recursion.
 */
export function store(q: Mutator, value: Value): void {
  if (typeof value !== 'object' || value === null || !refersToNew(value, 0)) return;
  const { change, replica } = inChange(q);
  const { collection } = replica;
  const found = newThings(q, value);
  // Ids first, so that an event can name things whose own event comes later.
  for (const item of found) {
    if (item instanceof Thing) {
      collection.adopt(item, collection.nextId);
      raw.compact(item);
    } else collection.adoptRoom(item, collection.nextId);
  }
  for (const item of found) {
    if (item instanceof Room) {
      change.record(events.newRoom, { room: item });
      continue;
    }
    events.recordNew(change, item);
    for (let i = 0, { count } = item; i < count; i++) collection.ref(item.valueAt(i), replica.neverFresh);
  }
  // The event that follows refers to them; should it not come about, the end of the change drops them.
  collection.doomAll(found);
}

/** Stands in the count of references of what was found to be new, which has none yet: quicker than a set of them. */
const FOUND = -1;

/** All things and rooms without an id that are reached from `value`, in the order in which they get one. Changes nothing that is stored. */
function newThings(q: Mutator, value: Value): (Thing | Room)[] {
  const found: (Thing | Room)[] = [];
  let all = false;
  try {
    findNew(q, value, found);
    all = true;
    return found;
  } finally {
    // What is stored begins to count anew.
    if (!all) for (const item of found) item.refs = 0;
  }
}

function findNew(q: Mutator, value: Value, found: (Thing | Room)[]): void {
  const meet = (value: Value): void => {
    if (typeof value !== 'object' || value === null) return;
    if (value instanceof Thing || value instanceof Room) {
      if (value.id !== 0 || value.refs === FOUND) return;
      value.refs = FOUND;
      found.push(value);
    } else if (value instanceof List) value.items.forEach(meet);
    else if (value instanceof ThingSet) value.things.forEach(meet);
    else if (value instanceof Wrap) meet(value.thing);
  };
  meet(value);
  // Grows while it runs.
  for (const item of found) {
    if (item instanceof Room) continue;
    if (item.type !== null && item.shape !== item.type.shape) q.refresh(item);
    for (let at = 0; at < item.count; at++) {
      const held = item.valueAt(at);
      if (refersToNew(held, 0)) meet(held);
    }
  }
}

/** How deep tuples may stand in tuples in what is stored: replicas and checkpoints read them by recursion. */
const NESTING_MAX = 1_000;

/** Most values that are put somewhere hold nothing new; this tells quickly. Refuses what is nested too deep. */
function refersToNew(value: Value, level: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  switch (value.tag) {
    case TAG.thing:
      return (value as Thing).id === 0;
    case TAG.room:
      return (value as Room).id === 0;
    case TAG.list:
    case TAG.tuple: {
      if (level > NESTING_MAX) throw operationErr(containers.tooDeep());
      // Not ended by the first that is new: all must be looked at for their depth.
      let some = false;
      for (const item of (value as List).items) if (refersToNew(item, level + 1)) some = true;
      return some;
    }
    case TAG.set:
      for (const thing of (value as ThingSet).things) if (thing.id === 0) return true;
      return false;
    case TAG.wrap:
      return (value as Wrap).thing.id === 0;
    default:
      return false;
  }
}

function inChange(q: Mutator): { change: Change; replica: Replica } {
  const { change, replica } = q;
  assert(change !== null && replica !== null, 'stored data changes within a change only');
  return { change, replica };
}

/** A list or set that is being iterated over must stay where it is. */
function assertReplaceable(q: Using, thing: Thing, key: string, old: Value): void {
  if ((old instanceof List || old instanceof ThingSet) && isInUse(q, old)) {
    throw operationErr(msg.propertyInUse(key, thing.id, typeName(old)));
  }
}

/** For arguments that must be things: the usual text. */
export function asThing(value: Value): Thing {
  if (value instanceof Thing) return value;
  throw typeErr(msg.notAllowedInSet(typeName(value)));
}

