/**
 * Relations: two fields, of one type or of two, that always show the same from both sides. Each side is `T?` or
 * `{T}`. Whatever changes one side changes the other here, as part of the same event: so it is the same on the
 * node that makes the change and on its replicas, and no event needs to tell it.
 */
import * as raw from '../values/raw.ts';
import type { Things } from '../values/large-set.ts';
import { Thing, ThingSet, type Value } from '../values/value.ts';
import type { Field } from '../values/type.ts';
import type { Collection } from './collection.ts';

const neverFresh = (): void => {};

/** The field of a thing that has a relation; null for the many that have none. */
export function relationOf(thing: Thing, key: string): Field | null {
  if (thing.type === null) return null;
  const field = thing.type.field(key);
  return field === null || field.relation === null ? null : field;
}

/** Called before `field` of `thing` gets a new value: what it holds no longer loses its other side. */
export function beforeSet(collection: Collection, thing: Thing, field: Field, next: Value): void {
  const old = raw.getProperty(thing, field.name)!;
  if (old instanceof Thing) {
    if (old !== next) unlinkOther(collection, old, field.relation!, thing);
  } else if (old instanceof ThingSet) {
    const kept = next instanceof ThingSet ? next.things : NONE;
    for (const other of [...old.things]) if (!kept.has(other)) unlinkOther(collection, other, field.relation!, thing);
  }
}
const NONE: Things = new Set();

/** Called after `field` of `thing` got its value: what it holds now gets its other side. */
export function afterSet(collection: Collection, thing: Thing, field: Field): void {
  const value = raw.getProperty(thing, field.name)!;
  if (value instanceof Thing) linkOther(collection, value, field.relation!, thing);
  else if (value instanceof ThingSet) for (const other of [...value.things]) linkOther(collection, other, field.relation!, thing);
}

/** `thing` holds `other` now: `field` of `other` is to hold `thing`. */
export function linkOther(collection: Collection, other: Thing, field: Field, thing: Thing): void {
  collection.changing(other);
  const held = raw.getProperty(other, field.name)!;
  if (held instanceof ThingSet) {
    if (raw.addToSet(held, thing)) collection.ref(thing, neverFresh);
    return;
  }
  if (held === thing) return;
  // It belonged to another one, which loses it.
  if (held instanceof Thing) {
    unlinkOther(collection, held, field.relation!, other);
    // One that belonged to itself is free of itself by now.
    if (raw.getProperty(other, field.name) === held) collection.release(held);
  }
  collection.ref(thing, neverFresh);
  raw.setProperty(other, field.name, thing);
}

/** `thing` does not hold `other` any more: `field` of `other` is not to hold `thing`. */
export function unlinkOther(collection: Collection, other: Thing, field: Field, thing: Thing): void {
  collection.changing(other);
  const held = raw.getProperty(other, field.name)!;
  if (held instanceof ThingSet) {
    if (raw.removeFromSet(held, thing)) collection.release(thing);
  } else if (held === thing) {
    raw.setProperty(other, field.name, null);
    collection.release(thing);
  }
}
