/**
 * Things as MessagePack, in one go: nearly all of most results, and of what the log says of new things. With a call of the writer
 * for each name and each value it takes three times as long, so here is one function for all, with where it writes in local variables.
 *
 * The bytes are those that the methods of {@link Writer} make, and what is not simple is left to them.
 */
import type { Shape } from '../values/shape.ts';
import { TAG, type Float, type Thing, type Value } from '../values/value.ts';
import { Writer } from './msgpack.ts';

/** Characters of the longest str that is written here: its header is one byte. */
const SHORT = 31;
/** Bytes of the largest value that is written here. */
const VALUE_MAX = 1 + SHORT;
/** Bytes of the header of a map, or an array. */
const HEADER_MAX = 5;

/** What clients find the id of a thing under, unless its type says otherwise. */
export const DEFAULT_ID_NAME = '#';

/** The names of a shape and, before them, that of the id, as MessagePack. */
class PackedNames {
  readonly idName: string;
  /** Four bytes of a name in each: so they are written, and what is too much is overwritten by what follows. */
  readonly words: Int32Array;
  /** For each name the position behind its last word. */
  readonly ends: number[];
  /** For each name how many bytes it has. */
  readonly sizes: number[];
  /** Bytes that a thing with these names and simple values takes at most. */
  readonly room: number;

  constructor(idName: string, names: readonly string[]) {
    const writer = new Writer();
    const words: number[] = [];
    this.idName = idName;
    this.ends = [];
    this.sizes = [];
    for (const name of [idName, ...names]) {
      writer.reset();
      writer.key(name);
      this.sizes.push(writer.pos);
      writer.ensure(3);
      for (let at = 0; at < writer.pos; at += 4) words.push(writer.view.getInt32(at));
      this.ends.push(words.length);
    }
    this.words = Int32Array.from(words);
    this.room = HEADER_MAX + 4 * words.length + VALUE_MAX * this.ends.length;
  }
}

function namesOf(shape: Shape, idName: string): PackedNames {
  const names = shape.packed as PackedNames | null;
  return names !== null && names.idName === idName ? names : (shape.packed = new PackedNames(idName, shape.keys));
}

/**
 * Packs a map with the id of a thing, when `withId` says so, under `idName`, and its names and values, as far as these are simple:
 * nil, bools, floats, ints of 32 bits that are not negative, and short ASCII strs. Answers how many values those were, so that what
 * is missing is packed after it. The names of the thing must be in a shared shape, and listed in the order in which it has them.
 */
export function packThing(writer: Writer, thing: Thing, withId: boolean, idName: string): number {
  const { shape, id } = thing;
  const count = shape.keys.length;
  const names = namesOf(shape, idName);
  const { words, ends, sizes } = names;
  writer.ensure(names.room);
  const { bytes, view } = writer;
  let at = writer.pos;
  if (withId && count < 15 && id <= 0xffff_ffff) {
    bytes[at++] = 0x81 + count;
    for (let to = at, word = 0; word < ends[0]!; word++, to += 4) view.setInt32(to, words[word]!);
    at += sizes[0]!;
    if (id < 0x1_0000) at = putSmall(view, at, id);
    else {
      bytes[at] = 0xce;
      view.setUint32(at + 1, id);
      at += 5;
    }
  } else {
    writer.map(withId ? count + 1 : count);
    if (withId) {
      writer.key(idName);
      writer.int(id);
    }
    at = writer.pos;
  }
  return putProperties(writer, names, thing, 0, at);
}

/** The same from property `from` on, of a thing that {@link packThing} has begun. */
export function packProperties(writer: Writer, thing: Thing, from: number): number {
  const names = thing.shape.packed as PackedNames;
  writer.ensure(names.room);
  return putProperties(writer, names, thing, from, writer.pos);
}

/** The same, where there is room, and with what it needs to know. */
function putProperties(writer: Writer, { words, ends, sizes }: PackedNames, thing: Thing, from: number, at: number): number {
  const { bytes, view } = writer;
  const count = thing.shape.keys.length;
  let word = ends[from]!;
  let i = from;
  for (; i < count; i++) {
    const start = at;
    for (let to = at, end = ends[i + 1]!; word < end; word++, to += 4) view.setInt32(to, words[word]!);
    at = putSimple(bytes, view, at + sizes[i + 1]!, thing.valueAt(i));
    if (at < 0) {
      at = start;
      break;
    }
  }
  writer.pos = at;
  return i;
}

/** Packs the names of a shared shape as an array. */
export function packNames(writer: Writer, shape: Shape): void {
  const { words, ends, sizes, room } = namesOf(shape, DEFAULT_ID_NAME);
  const count = shape.keys.length;
  writer.ensure(room);
  writer.array(count);
  const { view } = writer;
  let at = writer.pos;
  let word = ends[0]!;
  for (let i = 1; i <= count; i++) {
    for (let to = at, end = ends[i]!; word < end; word++, to += 4) view.setInt32(to, words[word]!);
    at += sizes[i]!;
  }
  writer.pos = at;
}

/** Packs a value if it is simple; otherwise answers false. */
export function packSimple(writer: Writer, value: Value): boolean {
  writer.ensure(VALUE_MAX);
  const at = putSimple(writer.bytes, writer.view, writer.pos, value);
  if (at < 0) return false;
  writer.pos = at;
  return true;
}

/** Puts a value, if it is simple, where there is room for it; answers the position behind it, or -1. */
function putSimple(bytes: Uint8Array, view: DataView, at: number, value: Value): number {
  if (typeof value === 'number') {
    if (value < 0 || value > 0xffff_ffff) return -1;
    if (value < 0x1_0000) return putSmall(view, at, value);
    bytes[at] = 0xce;
    view.setUint32(at + 1, value);
    return at + 5;
  }
  if (typeof value === 'string') {
    const n = value.length;
    if (n > SHORT) return -1;
    bytes[at] = 0xa0 | n;
    let units = 0;
    for (let k = 0; k < n; k++) {
      const unit = value.charCodeAt(k);
      units |= unit;
      bytes[at + 1 + k] = unit;
    }
    return units > 0x7f ? -1 : at + 1 + n;
  }
  if (typeof value === 'boolean' || value === null) {
    bytes[at] = value === null ? 0xc0 : value ? 0xc3 : 0xc2;
    return at + 1;
  }
  if (typeof value === 'object' && value.tag === TAG.float) {
    bytes[at] = 0xcb;
    view.setFloat64(at + 1, (value as Float).value);
    return at + 9;
  }
  return -1;
}

/** Writes an int of 16 bits; answers the position behind it. */
function putSmall(view: DataView, at: number, value: number): number {
  if (value < 0x80) {
    view.setUint8(at, value);
    return at + 1;
  }
  if (value < 0x100) {
    view.setUint16(at, 0xcc00 | value);
    return at + 2;
  }
  view.setUint8(at, 0xcd);
  view.setUint16(at + 1, value);
  return at + 3;
}
