/** Truth, equality and order of values. None of them fails but for {@link order}, which may find no order. */
import { compareBytes, compareStr, toBytes } from './str.ts';
import { compare as compareInt, toDouble } from './int.ts';
import {
  Bytes, DateTime, ErrorValue, Float, List, Member, MpData, Regex, Room, TAG, Task, Thing, ThingSet, Wrap, type Obj, type Value,
} from './value.ts';

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
    case TAG.thing: return (value as Thing).values.length > 0;
    case TAG.wrap: return (value as Wrap).thing.values.length > 0;
    case TAG.error: return false;
    case TAG.room: return (value as Room).id !== 0;
    case TAG.task: return (value as Task).runAt !== 0;
    case TAG.member: return truthy((value as Member).value);
    default: return true;
  }
}

/** `==`. Values of different types are unequal, save numbers with bools, and str with bytes. */
export function equals(a: Value, b: Value): boolean {
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
  if (a instanceof List) return b instanceof List && equalItems(a.items, b.items);
  if (a instanceof ThingSet) return b instanceof ThingSet && equalSets(a.things, b.things);
  if (a instanceof ErrorValue) return b instanceof ErrorValue && a.code === b.code;
  if (a instanceof Regex) return b instanceof Regex && a.pattern === b.pattern && a.flags === b.flags;
  if (a instanceof DateTime) return b instanceof DateTime && a.ts === b.ts;
  if (a instanceof Task) return b instanceof Task && a.id === b.id;
  return false;
}

function equalItems(a: readonly Value[], b: readonly Value[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!equals(a[i]!, b[i]!)) return false;
  return true;
}

function equalSets(a: ReadonlySet<Thing>, b: ReadonlySet<Thing>): boolean {
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

