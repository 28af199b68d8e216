/** The operators on values, with ThingsDB's rules for mixing types and its error texts. */
import { overflowErr, typeErr, zeroDivErr, QueryError } from '../errors/query-error.ts';
import { operators as msg } from '../errors/messages/operators.ts';
import { numbers as numberMsg } from '../errors/messages/numbers.ts';
import * as int from '../values/int.ts';
import { equals, isSubset, numeric, order } from '../values/compare.ts';
import { concat, toBytes } from '../values/str.ts';
import type { Things } from '../values/large-set.ts';
import { Bytes, Float, ThingSet, float, typeName, type Thing, type Value } from '../values/value.ts';
import { addToSet, assertMutable, removeFromSet } from '../collection/mutate.ts';
import { OP, SIGN } from './code.ts';
import type { Query } from './query.ts';

/** Applies a binary operator: one of the operations from `OP.add` to `OP.ge`. */
export function binary(q: Query, op: number, a: Value, b: Value): Value {
  switch (op) {
    case OP.add: return add(q, a, b);
    case OP.sub: return sub(a, b);
    case OP.mul: return mul(a, b);
    case OP.div: return div(a, b);
    case OP.mod: return mod(a, b);
    case OP.and: return and(a, b);
    case OP.or: return or(a, b);
    case OP.xor: return xor(a, b);
    case OP.shl: return shift(OP.shl, a, b);
    case OP.shr: return shift(OP.shr, a, b);
    case OP.eq: return equals(a, b);
    case OP.ne: return !equals(a, b);
    default: return compare(op, a, b);
  }
}

export function add(q: Query, a: Value, b: Value): Value {
  const x = numeric(a);
  const y = numeric(b);
  if (x !== null && y !== null) {
    return a instanceof Float || b instanceof Float ? float(Number(x) + Number(y)) : int.add(x, y);
  }
  if (typeof a === 'string') {
    if (typeof b === 'string') {
      q.assertBytes(a.length + b.length);
      return concat(a, b);
    }
    if (b instanceof Bytes) return joinBytes(q, toBytes(a), b.data);
  } else if (a instanceof Bytes) {
    if (b instanceof Bytes) return joinBytes(q, a.data, b.data);
    if (typeof b === 'string') return joinBytes(q, a.data, toBytes(b));
  }
  throw unsupported(OP.add, a, b);
}

function joinBytes(q: Query, a: Uint8Array, b: Uint8Array): Bytes {
  q.assertBytes(a.length + b.length);
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return new Bytes(out);
}

export function sub(a: Value, b: Value): Value {
  const x = numeric(a);
  const y = numeric(b);
  if (x !== null && y !== null) {
    return a instanceof Float || b instanceof Float ? float(Number(x) - Number(y)) : int.sub(x, y);
  }
  if (a instanceof ThingSet && b instanceof ThingSet) return new ThingSet(difference(a.things, b.things));
  throw unsupported(OP.sub, a, b);
}

export function mul(a: Value, b: Value): Value {
  const x = numeric(a);
  const y = numeric(b);
  if (x === null || y === null) throw unsupported(OP.mul, a, b);
  return a instanceof Float || b instanceof Float ? float(Number(x) * Number(y)) : int.mul(x, y);
}

export function div(a: Value, b: Value): Value {
  const x = numeric(a);
  const y = numeric(b);
  if (x === null || y === null) throw unsupported(OP.div, a, b);
  if (Number(y) === 0) throw zeroDivErr(msg.zeroDivision());
  return a instanceof Float || b instanceof Float ? float(Number(x) / Number(y)) : int.div(x, y);
}

/** Both sides as ints: floats are cut towards zero, and the answer is an int. */
export function mod(a: Value, b: Value): Value {
  const x = numeric(a);
  const y = numeric(b);
  if (x === null || y === null) throw unsupported(OP.mod, a, b);
  const left = a instanceof Float ? truncated(a.value) : x;
  const right = b instanceof Float ? truncated(b.value) : y;
  if (Number(right) === 0) throw zeroDivErr(msg.zeroDivision());
  return int.mod(left, right);
}

function truncated(x: number): number | bigint {
  if (!Number.isFinite(x) || x >= 2 ** 63 || x < -(2 ** 63)) throw overflowErr(numberMsg.overflow());
  return int.fromDouble(Math.trunc(x));
}

/** An int, or a bool as one; null for other values: floats have no bits here. */
function bits(value: Value): number | bigint | null {
  return value instanceof Float ? null : numeric(value);
}

export function and(a: Value, b: Value): Value {
  const x = bits(a);
  const y = bits(b);
  if (x !== null && y !== null) return int.and(x, y);
  if (a instanceof ThingSet && b instanceof ThingSet) return new ThingSet(intersection(a.things, b.things));
  throw unsupportedBits(OP.and, a, b);
}

export function or(a: Value, b: Value): Value {
  const x = bits(a);
  const y = bits(b);
  if (x !== null && y !== null) return int.or(x, y);
  if (a instanceof ThingSet && b instanceof ThingSet) return new ThingSet(union(a.things, b.things));
  throw unsupportedBits(OP.or, a, b);
}

export function xor(a: Value, b: Value): Value {
  const x = bits(a);
  const y = bits(b);
  if (x !== null && y !== null) return int.xor(x, y);
  if (a instanceof ThingSet && b instanceof ThingSet) {
    return new ThingSet(union(difference(a.things, b.things), difference(b.things, a.things)));
  }
  throw unsupportedBits(OP.xor, a, b);
}

export function shift(op: number, a: Value, b: Value): Value {
  const x = bits(a);
  const y = bits(b);
  if (x === null || y === null) throw unsupportedBits(op, a, b);
  return op === OP.shl ? int.shl(x, y) : int.shr(x, y);
}

export const union = (a: Things, b: Things): Set<Thing> => new Set([...a, ...b]);
export const difference = (a: Things, b: Things): Set<Thing> => new Set([...a].filter(thing => !b.has(thing)));
export const intersection = (a: Things, b: Things): Set<Thing> => new Set([...a].filter(thing => b.has(thing)));

/** `<`, `>`, `<=`, `>=`; on sets they ask for subsets. */
export function compare(op: number, a: Value, b: Value): boolean {
  const c = order(a, b);
  if (c !== null) {
    switch (op) {
      case OP.lt: return c < 0;
      case OP.gt: return c > 0;
      case OP.le: return c <= 0;
      default: return c >= 0;
    }
  }
  if (a instanceof ThingSet && b instanceof ThingSet) {
    switch (op) {
      case OP.lt: return a.things.size < b.things.size && isSubset(a, b);
      case OP.gt: return b.things.size < a.things.size && isSubset(b, a);
      case OP.le: return isSubset(a, b);
      default: return isSubset(b, a);
    }
  }
  throw unsupported(op, a, b);
}

export function negate(a: Value): Value {
  const x = numeric(a);
  if (x === null) throw typeErr(msg.unary('-/+', typeName(a)));
  return a instanceof Float ? float(-Number(x)) : int.neg(x);
}

export function plus(a: Value): Value {
  const x = numeric(a);
  if (x === null) throw typeErr(msg.unary('-/+', typeName(a)));
  return a instanceof Float ? a : x;
}

export function invert(a: Value): Value {
  const x = bits(a);
  if (x === null) throw typeErr(msg.unary('~', typeName(a)));
  return int.not(x);
}

function unsupported(op: number, a: Value, b: Value): QueryError {
  return typeErr(msg.binary(SIGN[op]!, typeName(a), typeName(b)));
}

function unsupportedBits(op: number, a: Value, b: Value): QueryError {
  return typeErr(msg.bitwise(SIGN[op]!, typeName(a), typeName(b)));
}

/**
 * The new value of a compound assignment. `|=`, `&=`, `-=` and `^=` change a set in place, so that all that
 * refer to it see it; then the answer is that same set.
 */
export function compound(q: Query, op: number, old: Value, right: Value): Value {
  if (!(old instanceof ThingSet) || !(right instanceof ThingSet)) return binary(q, op, old, right);
  if (op !== OP.or && op !== OP.and && op !== OP.sub && op !== OP.xor) return binary(q, op, old, right);
  assertMutable(q, old);
  const others = [...right.things];
  const leave = op === OP.or ? [] : op === OP.and ? [...difference(old.things, right.things)] : others.filter(thing => old.things.has(thing));
  const join = op === OP.or || op === OP.xor ? others.filter(thing => !old.things.has(thing)) : [];
  q.fitMembers(old, join);
  q.assertLength(old.things.size + join.length);
  removeFromSet(q, old, leave);
  addToSet(q, old, join);
  return old;
}
