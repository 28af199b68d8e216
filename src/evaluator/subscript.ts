/** Indexes and slices: `x[i]`, `x[a:b:c]`, and assigning to them. */
import { lookupErr, typeErr, valueErr, type QueryError } from '../errors/query-error.ts';
import { operators as msg } from '../errors/messages/operators.ts';
import { change as changeMsg } from '../errors/messages/change.ts';
import { use } from '../collection/in-use.ts';
import { assertKeyUtf8, assertMutable, spliceList, toItem } from '../collection/mutate.ts';
import { bytesUnlessAscii } from '../values/byte-view.ts';
import { fromBytes } from '../values/str.ts';
import { isName } from '../values/shape.ts';
import { Bytes, List, TAG, Thing, isInt, tagOf, typeName, type Value } from '../values/value.ts';
import { SIGN, type Code } from './code.ts';
import type { Frame } from './frame.ts';
import * as ops from './operators.ts';
import type { Query } from './query.ts';
import { assignKey, noProperty } from './property.ts';
import { run } from './run.ts';

const SLICES = 'overview/slices';

export function getIndex(c: Code, target: Value, f: Frame): Value {
  const { q } = f;
  q.pos = c.pos;
  switch (tagOf(target)) {
    case TAG.list:
    case TAG.tuple: {
      const list = target as List;
      // Counted before the index is evaluated, which may change the list.
      const n = list.items.length;
      const index = run(c.b!, f);
      const { items } = list;
      const length = n < items.length ? n : items.length;
      if (typeof index === 'number' && index >= 0 && index < length) return items[index]!;
      return itemAt(c, items, length, index, q);
    }
    case TAG.str: {
      const text = target as string;
      const bytes = bytesUnlessAscii(text);
      const index = run(c.b!, f);
      q.pos = c.pos;
      const at = indexWithin(index, bytes === null ? text.length : bytes.length);
      return bytes === null ? text[at]! : fromBytes(bytes.subarray(at, at + 1));
    }
    case TAG.bytes: {
      const { data } = target as Bytes;
      const index = run(c.b!, f);
      q.pos = c.pos;
      const at = indexWithin(index, data.length);
      return new Bytes(data.slice(at, at + 1));
    }
    case TAG.thing: {
      const thing = target as Thing;
      const key = run(c.b!, f);
      q.pos = c.pos;
      if (typeof key !== 'string') throw typeErr(msg.indexType('str', typeName(key)));
      const at = thing.shape.find(key);
      if (at >= 0) return thing.valueAt(at);
      if (thing.type !== null) {
        const method = thing.type.methods.get(key);
        if (method !== undefined) return method;
      }
      throw noSuchKey(thing, key);
    }
    default:
      throw typeErr(msg.notIndexable(typeName(target)));
  }
}

/** An item by an index that is negative, or no int, or out of range. */
export function itemAt(c: Code, items: readonly Value[], length: number, index: Value, q: Query): Value {
  q.pos = c.pos;
  return items[indexWithin(index, length)]!;
}

/** The error for `thing[key]` where there is no such property. */
function noSuchKey(thing: Thing, key: string): QueryError {
  if (thing.type !== null && !isName(key)) return valueErr(changeMsg.typeKeysNaming(), 'overview/names');
  assertKeyUtf8(key);
  return noProperty(thing, key, true);
}

/** A position from 0 for an index, which may be negative. */
function indexWithin(index: Value, length: number): number {
  if (!isInt(index)) throw typeErr(msg.indexType('int', typeName(index)));
  const at = Number(index) < 0 ? Number(index) + length : Number(index);
  if (at < 0 || at >= length) throw lookupErr(msg.indexRange());
  return at;
}

/** Which positions a slice takes: `count` of them, from `start`, `step` apart. */
interface Range {
  readonly start: number;
  readonly step: number;
  readonly count: number;
  /** Where it stops, for an assignment. */
  readonly stop: number;
}

/** Evaluates the parts of a slice, in order. On something empty they are not evaluated at all. */
function range(c: Code, f: Frame, length: number): Range {
  if (length === 0) return { start: 0, step: 1, count: 0, stop: 0 };
  return rangeOf(c, f, length);
}

function rangeOf(c: Code, f: Frame, length: number): Range {
  const start = part(c.list[0]!, f, c);
  const stop = part(c.list[1]!, f, c);
  const step = part(c.list[2]!, f, c) ?? 1;
  f.q.pos = c.pos;
  if (step === 0) throw valueErr(msg.sliceStepZero());
  return step > 0 ? upward(start, stop, step, length) : downward(start, stop, step, length);
}

function upward(start: number | null, stop: number | null, step: number, length: number): Range {
  const from = start === null ? 0 : clamp(start, length);
  const to = stop === null ? length : clamp(stop, length);
  return { start: from, step, count: to > from ? Math.ceil((to - from) / step) : 0, stop: to };
}

/** Too negative bounds are 0 also when going down: such a slice never takes item 0 but without an explicit stop. */
function downward(start: number | null, stop: number | null, step: number, length: number): Range {
  const from = start === null ? length - 1 : Math.min(clamp(start, length), length - 1);
  const to = stop === null ? -1 : clamp(stop, length);
  return { start: from, step, count: from > to ? Math.ceil((from - to) / -step) : 0, stop: to };
}

/** A bound counted from the start, within 0 … length. */
function clamp(bound: number, length: number): number {
  const at = bound < 0 ? bound + length : bound;
  return at < 0 ? 0 : at > length ? length : at;
}

function part(code: Code, f: Frame, slice: Code): number | null {
  const value = run(code, f);
  f.q.pos = slice.pos;
  if (value === null) return null;
  if (!isInt(value)) throw typeErr(msg.sliceIndexType(typeName(value)), SLICES);
  return Number(value);
}

export function getSlice(c: Code, target: Value, f: Frame): Value {
  const { q } = f;
  q.pos = c.pos;
  switch (tagOf(target)) {
    case TAG.list:
    case TAG.tuple: {
      const { items } = target as List;
      const r = range(c, f, items.length);
      return new List(r.step === 1 ? items.slice(r.start, r.start + r.count) : pick(items, r));
    }
    case TAG.str: {
      const text = target as string;
      const bytes = bytesUnlessAscii(text);
      if (bytes === null) {
        const r = range(c, f, text.length);
        if (r.step === 1) return text.slice(r.start, r.start + r.count);
        return pick([...text], r).join('');
      }
      const r = range(c, f, bytes.length);
      return fromBytes(r.step === 1 ? bytes.subarray(r.start, r.start + r.count) : Uint8Array.from(pick(bytes, r)));
    }
    case TAG.bytes: {
      const { data } = target as Bytes;
      const r = range(c, f, data.length);
      return new Bytes(r.step === 1 ? data.slice(r.start, r.start + r.count) : Uint8Array.from(pick(data, r)));
    }
    default:
      throw noSlices(target);
  }
}

function noSlices(target: Value): QueryError {
  return typeErr(msg.noSlices(typeName(target)));
}

function pick<T>(items: ArrayLike<T>, r: Range): T[] {
  const out: T[] = [];
  for (let i = 0, at = r.start; i < r.count; i++, at += r.step) out.push(items[at]!);
  return out;
}

/** `target[index] op= value`; `c.at` is the operator or -1. */
export function setIndex(c: Code, target: Value, f: Frame): Value {
  const { q } = f;
  q.pos = c.pos;
  const tag = tagOf(target);
  if (tag === TAG.list) {
    const list = target as List;
    assertMutable(q, list);
    let index: Value;
    let right: Value;
    let at: number;
    const outer = use(q, list);
    try {
      index = run(c.b!, f);
      q.pos = c.pos;
      if (!isInt(index)) throw typeErr(msg.indexType('int', typeName(index)));
      at = indexWithin(index, list.items.length);
      right = run(c.c!, f);
    } finally {
      q.inUse = outer;
    }
    q.pos = c.pos;
    const value = c.at < 0 ? right : ops.compound(q, c.at, list.items[at]!, right);
    const item = q.fitItem(list, toItem(q, value));
    spliceList(q, list, at, 1, [item]);
    return item;
  }
  if (tag === TAG.thing) {
    const thing = target as Thing;
    assertMutable(q, thing);
    let key: Value;
    const outer = use(q, thing);
    try {
      key = run(c.b!, f);
    } finally {
      q.inUse = outer;
    }
    q.pos = c.pos;
    if (typeof key !== 'string') throw typeErr(msg.indexType('str', typeName(key)));
    return assignKey(c, thing, key, f, noSuchKey);
  }
  if (tag === TAG.tuple || tag === TAG.str || tag === TAG.bytes) throw typeErr(msg.noIndexAssignment(typeName(target)));
  throw typeErr(msg.notIndexable(typeName(target)));
}

/** `target[a:b] = list`. The value is nil. */
export function setSlice(c: Code, target: Value, f: Frame): Value {
  const { q } = f;
  q.pos = c.pos;
  const tag = tagOf(target);
  if (tag !== TAG.list) {
    if (tag === TAG.tuple || tag === TAG.str || tag === TAG.bytes) throw typeErr(msg.noIndexAssignment(typeName(target)));
    throw noSlices(target);
  }
  const list = target as List;
  assertMutable(q, list);
  let r: Range;
  let right: Value;
  const outer = use(q, list);
  try {
    if (c.at >= 0) throw typeErr(msg.unsupportedSliceAssign(`${SIGN[c.at]!}=`), SLICES);
    r = range(c, f, list.items.length);
    if (r.step !== 1) throw valueErr(msg.sliceAssignStep(r.step), SLICES);
    right = run(c.c!, f);
  } finally {
    q.inUse = outer;
  }
  q.pos = c.pos;
  if (!(right instanceof List)) throw typeErr(msg.sliceAssignType(typeName(right)), SLICES);
  const items = right.items.map(item => q.fitItem(list, toItem(q, item)));
  q.assertLength(list.items.length - r.count + items.length);
  spliceList(q, list, r.start, r.count, items);
  return null;
}
