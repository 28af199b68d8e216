/** Truth, equality and order of values. None of them fails but for {@link order}, which may find no order. */
import { compareBytes, compareStr, toBytes } from './str.ts';
import { compare as compareInt, toDouble } from './int.ts';
import type { Things } from './large-set.ts';
import {
  Anonymous, Bytes, Closure, DateTime, ErrorValue, Float, List, Module, Member, MpData, Regex, Room, TAG, Task, Thing, ThingSet, Wrap, type Obj, type Value,
} from './value.ts';
import type { Type } from './type.ts';

/** What `if`, `!` and `&&` see. Every error is false; closures, regular expressions, dates and types are true. */
export function truthy(value: Value): boolean {
  switch (typeof value) {
    case 'boolean': return value;
    case 'number': return value !== 0;
    case 'bigint': return true; // beyond ±2^53, so not 0
    case 'string': return value.length > 0;
    default: return value !== null && truthyObj(value);
  }
}

function truthyObj(value: Obj): boolean {
  switch (value.tag) {
    case TAG.float: return (value as Float).value !== 0;
    case TAG.bytes: return (value as Bytes).data.length > 0;
    case TAG.mpdata: return (value as MpData).data.length > 0;
    case TAG.list:
    case TAG.tuple: return (value as List).items.length > 0;
    case TAG.set: return (value as ThingSet).things.size > 0;
    case TAG.thing: return (value as Thing).count > 0;
    case TAG.wrap: return (value as Wrap).thing.count > 0;
    case TAG.error: return false;
    case TAG.room: return (value as Room).id !== 0;
    case TAG.task: return (value as Task).runAt !== 0;
    case TAG.member: return truthy((value as Member).value);
    default: return true;
  }
}

/** Counts work that grows with data: a query, whose budget it is. */
export interface Meter {
  spend(work: number): void;
}

/**
 * `==`. Values of different types are unequal, save numbers with bools, and str with bytes. Tuples may be shared, so
 * that a small value is a huge tree to compare: `meter` bounds that.
 */
export function equals(a: Value, b: Value, meter: Meter | null = null): boolean {
  if (a === b) return true;
  const x = numeric(a);
  if (x !== null) {
    const y = numeric(b);
    if (y === null) return false;
    // Two ints compare exactly, an int and a float as doubles.
    return a instanceof Float || b instanceof Float ? toNumber(x) === toNumber(y) : x === y;
  }
  if (typeof a === 'string') return b instanceof Bytes && compareBytes(toBytes(a), b.data) === 0;
  if (typeof a !== 'object' || a === null) return false;
  if (a instanceof Bytes) {
    if (typeof b === 'string') return compareBytes(a.data, toBytes(b)) === 0;
    return b instanceof Bytes && compareBytes(a.data, b.data) === 0;
  }
  if (a instanceof List) return b instanceof List && equalItems(a.items, b.items, meter);
  if (a instanceof ThingSet) return b instanceof ThingSet && equalSets(a.things, b.things);
  if (a instanceof ErrorValue) return b instanceof ErrorValue && a.code === b.code;
  if (a instanceof Regex) return b instanceof Regex && a.pattern === b.pattern && a.flags === b.flags;
  if (a instanceof DateTime) return b instanceof DateTime && a.ts === b.ts;
  // The empty tasks are equal; one that is no more is equal to itself only.
  if (a instanceof Task) return b instanceof Task && a.id === b.id && (a.id !== 0 || (a.closure === null && b.closure === null));
  if (a instanceof Anonymous) return b instanceof Anonymous && sameDefinition(a.definition, b.definition);
  if (a instanceof Wrap) return b instanceof Wrap && a.thing === b.thing && sameType(a.type, b.type);
  if (a instanceof Module) return b instanceof Module && a.name === b.name;
  return false;
}

function equalItems(a: readonly Value[], b: readonly Value[], meter: Meter | null): boolean {
  if (a.length !== b.length) return false;
  meter?.spend(a.length);
  for (let i = 0; i < a.length; i++) if (!equals(a[i]!, b[i]!, meter)) return false;
  return true;
}

/** Anonymous types are the same when they are defined alike. */
function sameType(a: Type, b: Type): boolean {
  return a === b || (a.definition !== null && b.definition !== null && sameDefinition(a.definition, b.definition));
}

/** Definitions hold strs, closures, and lists and things of these; the order of names counts. */
function sameDefinition(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (a instanceof Closure) return b instanceof Closure && a.text === b.text;
  if (a instanceof List) return b instanceof List && sameParts(a.items, b.items);
  return a instanceof Thing && b instanceof Thing && sameParts(a.shape.keys, b.shape.keys) && sameParts(a.toValues(), b.toValues());
}

function sameParts(a: readonly Value[], b: readonly Value[]): boolean {
  return a.length === b.length && a.every((part, i) => sameDefinition(part, b[i]!));
}

function equalSets(a: Things, b: Things): boolean {
  if (a.size !== b.size) return false;
  for (const thing of a) if (!b.has(thing)) return false;
  return true;
}

/** The number that a number or bool is for arithmetic and comparing; null for other values. */
export function numeric(value: Value): number | bigint | null {
  switch (typeof value) {
    case 'number':
    case 'bigint': return value;
    case 'boolean': return value ? 1 : 0;
    default: return value instanceof Float ? value.value : null;
  }
}

const toNumber = (x: number | bigint): number => (typeof x === 'bigint' ? toDouble(x) : x);

/** Gives how `a` and `b` are ordered: negative, 0, positive; NaN when unordered (nan); null when they cannot be compared. */
export function order(a: Value, b: Value): number | null {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const x = numeric(a);
  if (x !== null) {
    const y = numeric(b);
    if (y === null) return null;
    if (a instanceof Float || b instanceof Float) {
      const p = toNumber(x);
      const q = toNumber(y);
      return p < q ? -1 : p > q ? 1 : p === q ? 0 : NaN;
    }
    return compareInt(x, y);
  }
  if (typeof a === 'string') {
    if (typeof b === 'string') return compareStr(a, b);
    return b instanceof Bytes ? compareBytes(toBytes(a), b.data) : null;
  }
  if (a instanceof Bytes) {
    if (typeof b === 'string') return compareBytes(a.data, toBytes(b));
    return b instanceof Bytes ? compareBytes(a.data, b.data) : null;
  }
  if (a instanceof DateTime && b instanceof DateTime) return a.ts < b.ts ? -1 : a.ts > b.ts ? 1 : 0;
  return null;
}

/** Whether every member of `a` is in `b`. */
export function isSubset(a: ThingSet, b: ThingSet): boolean {
  if (a.things.size > b.things.size) return false;
  for (const thing of a.things) if (!b.things.has(thing)) return false;
  return true;
}

