/** What a change of a type does to one of its instances, stored or not. */
import * as raw from '../values/raw.ts';
import type { Type } from '../values/type.ts';
import { List, ThingSet, type Thing, type Value } from '../values/value.ts';

/** A value that many instances get: lists and sets are each one's own, things are shared. */
export function copyValue(value: Value): Value {
  if (value instanceof List) return new List([...value.items]);
  return value instanceof ThingSet ? new ThingSet(new Set(value.things)) : value;
}

/** The type has got a field at the end; `value` is nobody else's. */
export function addValue(thing: Thing, type: Type, value: Value): void {
  const at = thing.count;
  thing.setValueAt(at, value);
  thing.shape = type.shape;
  raw.own(value, thing, type.shape.keys[at]!);
}

/** The type has lost the field at position `at`, where its last one stands now; gives the value. */
export function removeValue(thing: Thing, type: Type, at: number): Value {
  const old = thing.valueAt(at);
  raw.disown(old, thing);
  thing.removeValueAt(at);
  thing.shape = type.shape;
  return old;
}

/** A field has the name `key` now. */
export function renameValue(thing: Thing, type: Type, key: string): void {
  thing.shape = type.shape;
  const value = raw.getProperty(thing, key)!;
  if (value instanceof List || value instanceof ThingSet) value.key = key;
}
