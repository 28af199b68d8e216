/**
 * The events of a collection's data: things, lists, sets, rooms, procedures. (Those of the schema stand in
 * `schema-events.ts`.) Codes are for ever: a log that was written keeps its meaning.
 */
import { assert } from '../errors/assert.ts';
import { List, ThingSet, type Thing } from '../values/value.ts';
import { portions } from '../values/portions.ts';
import * as raw from '../values/raw.ts';
import type { Replica } from './replica.ts';
import { afterSet, beforeSet, linkOther, relationOf, unlinkOther } from './relations.ts';
import { eventKind, type Change } from './event.ts';
import { encodeValue } from './store-codec.ts';
import { packNames, packSimple } from '../wire/pack-thing.ts';
import { requestAnswered } from './answered.ts';
import { PROCEDURE_EVENTS } from './procedure-events.ts';
import { collectThings } from './collector.ts';
import { ROOM_EVENTS } from './room-events.ts';
import { TASK_EVENTS } from './task-events.ts';

/** A thing that became stored, with its values. `keys` are empty for a typed one: the type has them. */
export const newThing = eventKind(1, 'new', { thing: 'thing', type: 'int', restrict: 'str?', dict: 'bool', keys: 'strs', values: 'values' },
  (to: Replica, { thing, type, restrict, dict, keys, values }) => {
    to.fill(thing, type, restrict, dict, keys, values);
    for (const value of values) to.collection.ref(value, to.neverFresh);
    if (thing.refs === 0) to.collection.doom(thing);
  });

/** Records {@link newThing} of a thing as it is, without a copy of its values: things are most of what logs are made of. */
export function recordNew(change: Change, thing: Thing): void {
  const { type, spec, shape, count } = thing;
  const w = change.begin(newThing);
  w.int(thing.id);
  w.int(type?.id ?? -1);
  if (spec === null || spec.isVoid) w.nil();
  else w.str(spec.text);
  w.bool(shape.dict);
  if (type === null && shape.shared) packNames(w, shape);
  else {
    const keys = type === null ? shape.keys : NO_KEYS;
    w.array(keys.length);
    for (const key of keys) w.str(key);
  }
  w.array(count);
  for (let i = 0; i < count; i++) {
    const value = thing.valueAt(i);
    if (!packSimple(w, value)) encodeValue(w, value);
  }
}

const NO_KEYS: readonly string[] = [];

export const newRoom = eventKind(2, 'new_room', { room: 'room' }, (to: Replica, { room }) => {
  if (room.refs === 0) to.collection.doom(room);
});

export const setProperty = eventKind(3, 'set', { thing: 'thing', key: 'str', value: 'value' }, (to: Replica, { thing, key, value }) => {
  const field = relationOf(thing, key);
  to.collection.changing(thing, key);
  if (field !== null) beforeSet(to.collection, thing, field, value);
  to.collection.ref(value, to.neverFresh);
  const old = raw.setProperty(thing, key, value);
  if (old !== undefined) to.collection.release(old);
  if (field !== null) afterSet(to.collection, thing, field);
});

export const delProperty = eventKind(4, 'del', { thing: 'thing', key: 'str' }, (to: Replica, { thing, key }) => {
  to.collection.changing(thing, key);
  to.collection.release(raw.delProperty(thing, key));
});

export const renProperty = eventKind(5, 'ren', { thing: 'thing', from: 'str', to: 'str' }, ({ collection }: Replica, { thing, from, to }) => {
  collection.changing(thing, from);
  raw.renProperty(thing, from, to);
});

export const clearThing = eventKind(6, 'clear', { thing: 'thing' }, (to: Replica, { thing }) => {
  to.collection.changing(thing);
  for (const old of raw.clearThing(thing)) to.collection.release(old);
});

/** Takes `count` items out of a list at `at` and puts `items` in their place. */
export const spliceList = eventKind(7, 'splice', { thing: 'thing', key: 'str', at: 'int', count: 'int', items: 'items' },
  (to: Replica, { thing, key, at, count, items }) => {
    to.collection.changing(thing, key);
    const list = listAt(thing, key);
    for (const item of items) to.collection.ref(item, to.neverFresh);
    for (const old of raw.spliceList(list, at, count, items)) to.collection.release(old);
  });

export const addToSet = eventKind(8, 'add', { thing: 'thing', key: 'str', things: 'things' }, (to: Replica, { thing, key, things }) => {
  to.collection.changing(thing, key);
  const set = setAt(thing, key);
  const field = relationOf(thing, key);
  for (const item of things) {
    if (!raw.addToSet(set, item)) continue;
    to.collection.ref(item, to.neverFresh);
    if (field !== null) linkOther(to.collection, item, field.relation!, thing);
  }
});

export const removeFromSet = eventKind(9, 'remove', { thing: 'thing', key: 'str', things: 'things' }, (to: Replica, { thing, key, things }) => {
  to.collection.changing(thing, key);
  const set = setAt(thing, key);
  const field = relationOf(thing, key);
  if (field === null && isWhole(set, things)) {
    set.empty();
    for (const item of things) to.collection.release(item);
    return;
  }
  for (const item of things) {
    if (!raw.removeFromSet(set, item)) continue;
    to.collection.release(item);
    if (field !== null) unlinkOther(to.collection, item, field.relation!, thing);
  }
});

/** Whether these are all that a set has, in its order: to take them out one by one takes three times as long. */
function isWhole({ things: all }: ThingSet, things: readonly Thing[]): boolean {
  if (things.length !== all.size) return false;
  let i = 0;
  for (const portion of portions(all)) for (const thing of portion) if (thing !== things[i++]) return false;
  return true;
}

export const restrictThing = eventKind(10, 'restrict', { thing: 'thing', restrict: 'str?' }, (to: Replica, { thing, restrict }) => {
  to.collection.changing(thing);
  raw.restrictThing(thing, restrict === null ? null : to.spec(restrict));
});

/** Takes single items out of a list: those at the given positions, which ascend. */
export const takeItems = eventKind(11, 'take', { thing: 'thing', key: 'str', at: 'ints' }, (to: Replica, { thing, key, at }) => {
  to.collection.changing(thing, key);
  for (const old of raw.takeItems(listAt(thing, key), at)) to.collection.release(old);
});

function listAt(thing: Thing, key: string): List {
  const list = raw.getProperty(thing, key);
  assert(list instanceof List, 'the event names a list');
  return list;
}

function setAt(thing: Thing, key: string): ThingSet {
  const set = raw.getProperty(thing, key);
  assert(set instanceof ThingSet, 'the event names a set');
  return set;
}

export const DATA_EVENTS = [
  newThing, newRoom, setProperty, delProperty, renProperty, clearThing, spliceList, addToSet, removeFromSet, restrictThing, takeItems, collectThings,
  ...PROCEDURE_EVENTS, ...TASK_EVENTS, ...ROOM_EVENTS, requestAnswered,
] as const;
