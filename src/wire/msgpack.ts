/**
 * MessagePack at the level of single items. A general library would not do: it cannot keep int and float
 * apart, and it builds objects between the values and the bytes.
 *
 * {@link Writer} appends to one growing buffer that can be used again and again. {@link Reader} trusts
 * nothing: every length is held against what is left before it is used, so that a hostile length costs no
 * memory, and whatever is wrong is a `bad_data_err`.
 */
import { ERR } from '../errors/codes.ts';
import { QueryError, badDataErr, overflowErr } from '../errors/query-error.ts';
import { assert } from '../errors/assert.ts';
import { fromBytes, isUtf8, toBytes } from '../values/str.ts';

/** Bytes beyond which nothing is packed: the largest body of a package. */
export const PACK_MAX = 2 ** 30;

/** Below this many characters a loop is faster than the encoder, which has to be called. Their header is one byte. */
const LOOP_END = 0x20;
/** From this many characters on the exact length is counted first, so that no room is wasted on a guess. */
const GUESS_END = 0x1_0000;

const encoder = new TextEncoder();

export class Writer {
  /** What was written is `bytes[0 … pos)`; the rest is room. */
  bytes: Uint8Array<ArrayBuffer>;
  view: DataView;
  pos: number;
  private readonly max: number;

  constructor(room = 1024, max = PACK_MAX) {
    this.bytes = new Uint8Array(room);
    this.view = new DataView(this.bytes.buffer);
    this.pos = 0;
    this.max = max;
  }

  /** A copy of what was written since `from`. */
  copy(from = 0): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(from, this.pos);
  }

  /** Makes the buffer free for the next use. One that has grown beyond `keep` is let go. */
  reset(keep = 1 << 20): void {
    this.pos = 0;
    if (this.bytes.length > keep) {
      this.bytes = new Uint8Array(Math.min(keep, 1 << 16));
      this.view = new DataView(this.bytes.buffer);
    }
  }

  /** Gives away the buffer with what was written and goes on with a new one. */
  detach(room = 1024): Uint8Array<ArrayBuffer> {
    const written = this.bytes.subarray(0, this.pos);
    this.bytes = new Uint8Array(room);
    this.view = new DataView(this.bytes.buffer);
    this.pos = 0;
    return written;
  }

  /** Leaves `count` bytes to be filled in later; answers where they start. */
  reserve(count: number): number {
    if (this.pos + count > this.bytes.length) this.grow(count);
    const at = this.pos;
    this.pos += count;
    return at;
  }

  /** Makes room for so many bytes. */
  ensure(count: number): void {
    if (this.pos + count > this.bytes.length) this.grow(count);
  }

  nil(): void {
    if (this.pos === this.bytes.length) this.grow(1);
    this.bytes[this.pos++] = 0xc0;
  }

  bool(value: boolean): void {
    if (this.pos === this.bytes.length) this.grow(1);
    this.bytes[this.pos++] = value ? 0xc3 : 0xc2;
  }

  /** An int in its smallest form. */
  int(value: number | bigint): void {
    if (this.pos + 9 > this.bytes.length) this.grow(9);
    if (typeof value === 'bigint') this.bigint(value);
    else if (value >= 0) {
      if (value < 0x80) this.bytes[this.pos++] = value;
      else if (value < 0x1_0000) this.uint16(value);
      else this.uint64(value);
    } else if (value >= -0x20) this.bytes[this.pos++] = value + 0x100;
    else this.negative(value);
  }

  float(value: number): void {
    if (this.pos + 9 > this.bytes.length) this.grow(9);
    const at = this.pos;
    this.bytes[at] = 0xcb;
    this.view.setFloat64(at + 1, value);
    this.pos = at + 9;
  }

  /** A str of the language: characters, and bytes that are no part of any (see `values/str.ts`). */
  str(text: string): void {
    const n = text.length;
    if (n >= LOOP_END) {
      this.encoded(text);
      return;
    }
    if (this.pos + LOOP_END > this.bytes.length) this.grow(LOOP_END);
    const bytes = this.bytes;
    const start = this.pos;
    let at = start + 1;
    for (let i = 0; i < n; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) {
        this.encoded(text);
        return;
      }
      bytes[at++] = unit;
    }
    bytes[start] = 0xa0 | n;
    this.pos = at;
  }

  /** The bytes of a str that is UTF-8 or whatever else. */
  strBytes(data: Uint8Array): void {
    this.strHeader(data.length);
    this.raw(data);
  }

  bin(data: Uint8Array): void {
    const n = data.length;
    if (this.pos + 5 + n > this.bytes.length) this.grow(5 + n);
    if (n < 0x100) this.head1(0xc4, n);
    else if (n < 0x1_0000) this.head2(0xc5, n);
    else this.head4(0xc6, n);
    this.raw(data);
  }

  array(count: number): void {
    if (this.pos + 5 > this.bytes.length) this.grow(5);
    if (count < 0x10) this.bytes[this.pos++] = 0x90 | count;
    else if (count < 0x1_0000) this.head2(0xdc, count);
    else this.head4(0xdd, count);
  }

  map(count: number): void {
    if (this.pos + 5 > this.bytes.length) this.grow(5);
    if (count < 0x10) this.bytes[this.pos++] = 0x80 | count;
    else if (count < 0x1_0000) this.head2(0xde, count);
    else this.head4(0xdf, count);
  }

  ext(type: number, data: Uint8Array): void {
    const n = data.length;
    if (this.pos + 6 + n > this.bytes.length) this.grow(6 + n);
    const fixed = n === 1 ? 0xd4 : n === 2 ? 0xd5 : n === 4 ? 0xd6 : n === 8 ? 0xd7 : n === 16 ? 0xd8 : 0;
    if (fixed !== 0) this.bytes[this.pos++] = fixed;
    else if (n < 0x100) this.head1(0xc7, n);
    else if (n < 0x1_0000) this.head2(0xc8, n);
    else this.head4(0xc9, n);
    this.bytes[this.pos++] = type & 0xff;
    this.raw(data);
  }

  /** The name of a property. */
  key(name: string): void {
    this.str(name);
  }

  /** Where an array or a map ends, which MessagePack tells by the count before it. */
  end(): void {}

  /** Bytes as they are: MessagePack that was packed before. */
  raw(data: Uint8Array): void {
    const n = data.length;
    if (this.pos + n > this.bytes.length) this.grow(n);
    this.bytes.set(data, this.pos);
    this.pos += n;
  }

  private strHeader(n: number): void {
    if (this.pos + 5 + n > this.bytes.length) this.grow(5 + n);
    if (n < 0x20) this.bytes[this.pos++] = 0xa0 | n;
    else if (n < 0x100) this.head1(0xd9, n);
    else if (n < 0x1_0000) this.head2(0xda, n);
    else this.head4(0xdb, n);
  }

  /** A str that is long or not ASCII. The header is guessed as for ASCII and moved when the guess was wrong. */
  private encoded(text: string): void {
    const n = text.length;
    if (n >= GUESS_END) {
      this.strBytes(toBytes(text));
      return;
    }
    if (this.pos + 5 + 3 * n > this.bytes.length) this.grow(5 + 3 * n);
    const start = this.pos;
    const head = strHead(n);
    const { written } = encoder.encodeInto(text, this.bytes.subarray(start + head));
    // As many bytes as characters: all ASCII. Else there may be escaped bytes, which the encoder spoils.
    if (written !== n && !isUtf8(text)) {
      this.strBytes(toBytes(text));
      return;
    }
    const needed = strHead(written);
    if (needed !== head) this.bytes.copyWithin(start + needed, start + head, start + head + written);
    this.strHeader(written);
    this.pos += written;
  }

  private uint16(value: number): void {
    if (value < 0x100) this.head1(0xcc, value);
    else this.head2(0xcd, value);
  }

  private uint64(value: number): void {
    if (value < 0x1_0000_0000) {
      this.head4(0xce, value);
      return;
    }
    const high = Math.floor(value / 0x1_0000_0000);
    assert(high < 0x20_0000, 'an int beyond 2^53 must be a bigint, a float must be boxed');
    this.head4(0xcf, high);
    this.view.setUint32(this.pos, value >>> 0);
    this.pos += 4;
  }

  private negative(value: number): void {
    if (value >= -0x80) this.head1(0xd0, value + 0x100);
    else if (value >= -0x8000) this.head2(0xd1, value + 0x1_0000);
    else if (value >= -0x8000_0000) this.head4(0xd2, value + 0x1_0000_0000);
    else {
      const high = Math.floor(value / 0x1_0000_0000);
      assert(high >= -0x20_0000, 'an int beyond 2^53 must be a bigint, a float must be boxed');
      this.head4(0xd3, high);
      this.view.setUint32(this.pos, value >>> 0);
      this.pos += 4;
    }
  }

  private bigint(value: bigint): void {
    if (value >= -0x1f_ffff_ffff_ffffn && value <= 0x1f_ffff_ffff_ffffn) {
      this.int(Number(value));
      return;
    }
    assert(value >= -(2n ** 63n) && value < 2n ** 63n, 'an int has 64 bits');
    this.bytes[this.pos] = value < 0n ? 0xd3 : 0xcf;
    this.view.setBigInt64(this.pos + 1, value);
    this.pos += 9;
  }

  private head1(head: number, n: number): void {
    this.bytes[this.pos] = head;
    this.bytes[this.pos + 1] = n;
    this.pos += 2;
  }

  private head2(head: number, n: number): void {
    const at = this.pos;
    const bytes = this.bytes;
    bytes[at] = head;
    bytes[at + 1] = n >>> 8;
    bytes[at + 2] = n;
    this.pos = at + 3;
  }

  private head4(head: number, n: number): void {
    this.bytes[this.pos] = head;
    this.view.setUint32(this.pos + 1, n);
    this.pos += 5;
  }

  private grow(room: number): void {
    const needed = this.pos + room;
    if (needed > this.max) throw new QueryError(ERR.resultTooLarge, 'result too large');
    const bytes = new Uint8Array(Math.min(Math.max(needed, this.bytes.length * 2, 256), this.max));
    bytes.set(this.bytes.subarray(0, this.pos));
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}

function strHead(n: number): number {
  return n < 0x20 ? 1 : n < 0x100 ? 2 : n < 0x1_0000 ? 3 : 5;
}

/** What the next item is. */
export const KIND = { nil: 0, bool: 1, int: 2, float: 3, str: 4, bin: 5, array: 6, map: 7, ext: 8, invalid: 9 } as const;
export type Kind = (typeof KIND)[keyof typeof KIND];

export interface Ext {
  readonly type: number;
  readonly data: Uint8Array;
}

export class Reader {
  private bytes: Uint8Array;
  private view: DataView;
  private end: number;
  pos: number;

  constructor(bytes: Uint8Array, from = 0, to = bytes.length) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.pos = from;
    this.end = to;
  }

  /** Goes over to other bytes: cheaper than a new reader, above all while they lie in one chunk. */
  over(bytes: Uint8Array, from: number, to: number): this {
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    this.pos = from;
    this.end = to;
    return this;
  }

  get atEnd(): boolean {
    return this.pos >= this.end;
  }

  /** What the next item is; throws at the end of the input. */
  kind(): Kind {
    if (this.pos >= this.end) throw truncated();
    return KINDS[this.bytes[this.pos]!] as Kind;
  }

  nil(): null {
    if (this.byte() !== 0xc0) throw this.unexpected('nil');
    return null;
  }

  bool(): boolean {
    const head = this.byte();
    if (head === 0xc3) return true;
    if (head === 0xc2) return false;
    throw this.unexpected('a bool');
  }

  /** A number within ±(2^53−1), else a bigint; beyond int64: `overflow_err`. */
  int(): number | bigint {
    const head = this.byte();
    if (head < 0x80) return head;
    if (head >= 0xe0) return head - 0x100;
    switch (head) {
      case 0xcc:
        return this.byte();
      case 0xcd:
        return this.view.getUint16(this.advance(2));
      case 0xce:
        return this.view.getUint32(this.advance(4));
      case 0xcf: {
        const at = this.advance(8);
        const high = this.view.getUint32(at);
        if (high < 0x20_0000) return high * 0x1_0000_0000 + this.view.getUint32(at + 4);
        if (high > 0x7fff_ffff) throw overflowErr('integer overflow');
        return this.view.getBigUint64(at);
      }
      case 0xd0:
        return this.view.getInt8(this.advance(1));
      case 0xd1:
        return this.view.getInt16(this.advance(2));
      case 0xd2:
        return this.view.getInt32(this.advance(4));
      case 0xd3: {
        const at = this.advance(8);
        const high = this.view.getInt32(at);
        if (high >= -0x20_0000 && high < 0x20_0000) {
          const value = high * 0x1_0000_0000 + this.view.getUint32(at + 4);
          if (value !== -0x20_0000_0000_0000) return value;
        }
        return this.view.getBigInt64(at);
      }
      default:
        throw this.unexpected('an int');
    }
  }

  /** An int that must be a safe one: an id, a count, a code. */
  safeInt(): number {
    const value = this.int();
    if (typeof value !== 'number') throw badDataErr('unable to unpack; int out of range');
    return value;
  }

  float(): number {
    const head = this.byte();
    if (head === 0xcb) return this.view.getFloat64(this.advance(8));
    if (head === 0xca) return this.view.getFloat32(this.advance(4));
    throw this.unexpected('a float');
  }

  str(): string {
    const n = this.strLength();
    const at = this.advance(n);
    return n <= SHORT_MAX ? this.short(at, n) : fromBytes(this.bytes.subarray(at, at + n));
  }

  /** A copy: the input may be a buffer that is used again. */
  bin(): Uint8Array<ArrayBuffer> {
    const head = this.byte();
    let n: number;
    if (head === 0xc4) n = this.byte();
    else if (head === 0xc5) n = this.view.getUint16(this.advance(2));
    else if (head === 0xc6) n = this.view.getUint32(this.advance(4));
    else throw this.unexpected('bytes');
    const at = this.advance(n);
    return this.bytes.slice(at, at + n) as Uint8Array<ArrayBuffer>;
  }

  /** Number of items that follow. Never more than there are bytes left. */
  array(): number {
    const head = this.byte();
    let n: number;
    if ((head & 0xf0) === 0x90) n = head & 0x0f;
    else if (head === 0xdc) n = this.view.getUint16(this.advance(2));
    else if (head === 0xdd) n = this.view.getUint32(this.advance(4));
    else throw this.unexpected('an array');
    if (n > this.end - this.pos) throw truncated();
    return n;
  }

  /** Number of pairs that follow. */
  map(): number {
    const head = this.byte();
    let n: number;
    if ((head & 0xf0) === 0x80) n = head & 0x0f;
    else if (head === 0xde) n = this.view.getUint16(this.advance(2));
    else if (head === 0xdf) n = this.view.getUint32(this.advance(4));
    else throw this.unexpected('a map');
    if (2 * n > this.end - this.pos) throw truncated();
    return n;
  }

  /** An extension; its data is a copy. */
  ext(): Ext {
    const head = this.byte();
    let n: number;
    if (head >= 0xd4 && head <= 0xd8) n = 1 << (head - 0xd4);
    else if (head === 0xc7) n = this.byte();
    else if (head === 0xc8) n = this.view.getUint16(this.advance(2));
    else if (head === 0xc9) n = this.view.getUint32(this.advance(4));
    else throw this.unexpected('an extension');
    const type = this.byte();
    const at = this.advance(n);
    return { type, data: this.bytes.slice(at, at + n) };
  }

  /** Passes over one item with all that is in it, in a loop: no nesting can exhaust the stack. */
  skip(): void {
    for (let left = 1; left > 0; left--) {
      switch (this.kind()) {
        case KIND.nil:
        case KIND.bool:
          this.pos++;
          break;
        case KIND.int:
        case KIND.float:
          this.advance(1 + NUMBER_BYTES[this.bytes[this.pos]!]!);
          break;
        case KIND.str:
          this.advance(this.strLength());
          break;
        case KIND.bin:
          this.skipBin();
          break;
        case KIND.array:
          left += this.array();
          break;
        case KIND.map:
          left += 2 * this.map();
          break;
        case KIND.ext:
          this.skipExt();
          break;
        default:
          throw this.unexpected('an item');
      }
    }
  }

  /** The bytes of the next item with all that is in it, without copying. */
  item(): Uint8Array {
    const from = this.pos;
    this.skip();
    return this.bytes.subarray(from, this.pos);
  }

  private skipBin(): void {
    const head = this.byte();
    this.advance(head === 0xc4 ? this.byte() : head === 0xc5 ? this.view.getUint16(this.advance(2)) : this.view.getUint32(this.advance(4)));
  }

  private skipExt(): void {
    const head = this.byte();
    const n =
      head >= 0xd4 ? 1 << (head - 0xd4) : head === 0xc7 ? this.byte() : head === 0xc8 ? this.view.getUint16(this.advance(2)) : this.view.getUint32(this.advance(4));
    this.advance(1 + n);
  }

  private strLength(): number {
    const head = this.byte();
    if ((head & 0xe0) === 0xa0) return head & 0x1f;
    if (head === 0xd9) return this.byte();
    if (head === 0xda) return this.view.getUint16(this.advance(2));
    if (head === 0xdb) return this.view.getUint32(this.advance(4));
    throw this.unexpected('a str');
  }

  /** A short str, mostly ASCII and mostly seen before: names, scopes. */
  private short(at: number, n: number): string {
    const bytes = this.bytes;
    let hash = n;
    for (let i = 0; i < n; i++) {
      const byte = bytes[at + i]!;
      if (byte > 0x7f) return fromBytes(bytes.subarray(at, at + n));
      hash = Math.imul(hash ^ byte, 0x0100_0193);
    }
    const slot = (hash ^ (hash >>> 15)) & (SEEN_SLOTS - 1);
    const known = seen[slot]!;
    if (known.length === n) {
      let i = 0;
      while (i < n && known.charCodeAt(i) === bytes[at + i]) i++;
      if (i === n) return known;
    }
    // At one go: what is put together takes several times the memory, for as long as it is kept.
    const units = short[n]!;
    for (let i = 0; i < n; i++) units[i] = bytes[at + i]!;
    return seen[slot] = String.fromCharCode.apply(null, units);
  }

  byte(): number {
    if (this.pos >= this.end) throw truncated();
    return this.bytes[this.pos++]!;
  }

  /** Moves past `n` bytes; answers where they started. */
  private advance(n: number): number {
    const at = this.pos;
    if (n > this.end - at) throw truncated();
    this.pos = at + n;
    return at;
  }

  private unexpected(wanted: string): QueryError {
    return badDataErr(`unable to unpack; expecting ${wanted}`);
  }
}

function truncated(): QueryError {
  return badDataErr('unable to unpack; unexpected end of data');
}

/** Strs up to this many bytes are kept for the next time: making one anew costs ten times finding it. */
const SHORT_MAX = 32;
const SEEN_SLOTS = 1024;
// A cache, not state: it changes no answer.
const seen: string[] = new Array<string>(SEEN_SLOTS).fill('');
/** Room for the characters of a short str, by their number; never read before it is written. */
const short = Array.from({ length: SHORT_MAX + 1 }, (_, n) => new Array<number>(n).fill(0));

const KINDS = new Uint8Array(256).map((_, head) => kindOf(head));
/** Bytes that follow the head of an int or a float. */
const NUMBER_BYTES = new Uint8Array(256).map((_, head) =>
  head === 0xcc || head === 0xd0 ? 1 : head === 0xcd || head === 0xd1 ? 2 : head === 0xca || head === 0xce || head === 0xd2 ? 4 : head === 0xcb || head === 0xcf || head === 0xd3 ? 8 : 0,
);

function kindOf(head: number): Kind {
  if (head < 0x80 || head >= 0xe0) return KIND.int;
  if (head < 0x90) return KIND.map;
  if (head < 0xa0) return KIND.array;
  if (head < 0xc0) return KIND.str;
  if (head === 0xc0) return KIND.nil;
  if (head === 0xc1) return KIND.invalid;
  if (head <= 0xc3) return KIND.bool;
  if (head <= 0xc6) return KIND.bin;
  if (head <= 0xc9) return KIND.ext;
  if (head <= 0xcb) return KIND.float;
  if (head <= 0xd3) return KIND.int;
  if (head <= 0xd8) return KIND.ext;
  if (head <= 0xdb) return KIND.str;
  if (head <= 0xdd) return KIND.array;
  return KIND.map;
}
