/**
 * The log as it lies in the coordinator: entries of changes, and of events of rooms that no change brings, under keys
 * that sort in the order of both: by the id of the first change that follows the entry before, and a number that counts
 * entries without changes; then by part.
 *
 *   log/0000000000000012.000000000000.0000   changes 12 to 40
 *   log/0000000000000041.000000000000.0000   events only: there was no change 41 yet
 *   log/0000000000000041.000000000001.0000   change 41, which is too long for one value,
 *   log/0000000000000041.000000000001.0001   and its second and last part
 *
 * An entry is there when its last part is: what a leader left unfinished was never acknowledged, and the next leader
 * removes it. Each part begins with whether it is the last (u8) and with the term of the leader that wrote it (f64).
 * The parts of an entry together are
 *
 *   0  u32  CRC-32 of all that follows
 *   4  u32  number of origins, each of which is change, node and request (f64)
 *           each item, as `store/change-bytes.ts` writes it
 *
 * All little endian.
 */
import { crc32 } from 'node:zlib';
import type { CommittedChange } from '../engine.ts';
import { assert } from '../errors/assert.ts';
import { StoreError } from '../errors/store-error.ts';
import { changeBytes, readChange, writeChange } from '../store/change-bytes.ts';

/** Bytes of a part. Several fit into one answer of etcd, which has 4 MiB at most. */
export const PART_BYTES = 64 * 1024;
const PART_HEAD = 9;
const ENTRY_HEAD = 8;
const ORIGIN_BYTES = 24;
const DIGITS = { first: 16, number: 12, part: 4 } as const;
/** The scope of what is no change but an event of a room. As an id it has that of the change before it. */
export const ROOM_EVENT = -2;

/** Which request, of which node, brought a change about. */
export interface Origin {
  readonly node: number;
  readonly request: number;
}

export interface Entry {
  /** Changes and events, in their order. */
  readonly items: readonly CommittedChange[];
  /** By the id of the change. */
  readonly origins: ReadonlyMap<number, Origin>;
}

export interface EntryKey {
  readonly first: number;
  readonly number: number;
  readonly part: number;
}

export function logKey({ first, number, part }: EntryKey): string {
  return `log/${digits(first, DIGITS.first)}.${digits(number, DIGITS.number)}.${digits(part, DIGITS.part)}`;
}

export function parseLogKey(key: string): EntryKey {
  const [first, number, part] = key.slice('log/'.length).split('.').map(Number) as [number, number, number];
  return { first, number, part };
}

function digits(n: number, count: number): string {
  return String(n).padStart(count, '0');
}

/** The term of the leader that wrote a part. */
export function termOf(value: Uint8Array): number {
  return new DataView(value.buffer, value.byteOffset, value.byteLength).getFloat64(1, true);
}

/** An entry that is being filled, by the leader of a term. */
export class EntryWriter {
  readonly items: CommittedChange[] = [];
  private readonly origins: { readonly change: number; readonly origin: Origin }[] = [];
  private bytes = 0;

  add(change: CommittedChange, origin: Origin | null): void {
    this.items.push(change);
    if (origin !== null) this.origins.push({ change: change.id, origin });
    this.bytes += changeBytes(change) + (origin === null ? 0 : ORIGIN_BYTES);
  }

  get full(): boolean {
    return this.bytes >= PART_BYTES / 2;
  }

  /** The values of its parts. */
  parts(term: number): Uint8Array[] {
    const whole = new Uint8Array(ENTRY_HEAD + this.bytes);
    const view = new DataView(whole.buffer);
    view.setUint32(4, this.origins.length, true);
    let at = ENTRY_HEAD;
    for (const { change, origin } of this.origins) {
      [change, origin.node, origin.request].forEach((n, i) => view.setFloat64(at + i * 8, n, true));
      at += ORIGIN_BYTES;
    }
    for (const item of this.items) at = writeChange(whole, view, at, item);
    view.setUint32(0, crc32(whole.subarray(4)), true);
    const parts: Uint8Array[] = [];
    const room = PART_BYTES - PART_HEAD;
    for (let from = 0; from < whole.length; from += room) parts.push(part(whole.subarray(from, from + room), from + room >= whole.length, term));
    assert(parts.length <= 10 ** DIGITS.part, 'an entry has at most ten thousand parts');
    return parts;
  }
}

function part(slice: Uint8Array, last: boolean, term: number): Uint8Array {
  const value = new Uint8Array(PART_HEAD + slice.length);
  value[0] = Number(last);
  new DataView(value.buffer).setFloat64(1, term, true);
  value.set(slice, PART_HEAD);
  return value;
}

/** Puts entries together from their parts, which may come twice. */
export class EntryReader {
  private key = '';
  private term = 0;
  private parts: Uint8Array[] = [];
  /** How many there are. */
  private total = Infinity;

  /** The entry that a part completes; null while more is to come. Throws a {@link StoreError} when it is damaged. */
  take({ first, number, part }: EntryKey, value: Uint8Array): Entry | null {
    const term = termOf(value);
    const key = logKey({ first, number, part: 0 });
    // What a leader left unfinished is written anew by a later one.
    if (key !== this.key || term > this.term) {
      this.key = key;
      this.term = term;
      this.parts = [];
      this.total = Infinity;
    }
    if (term < this.term || this.parts[part] !== undefined) return null;
    this.parts[part] = value.subarray(PART_HEAD);
    if (value[0] === 1) this.total = part + 1;
    if (this.total === Infinity || Object.keys(this.parts).length < this.total) return null;
    const whole = this.parts.length === 1 ? this.parts[0]! : joined(this.parts);
    this.key = '';
    return readEntry(whole, first);
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function readEntry(bytes: Uint8Array, first: number): Entry {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < ENTRY_HEAD || view.getUint32(0, true) !== crc32(bytes.subarray(4))) {
    throw new StoreError(`change ${first} is damaged in the log of the cluster`, first);
  }
  const origins = new Map<number, Origin>();
  const count = view.getUint32(4, true);
  let at = ENTRY_HEAD;
  for (let i = 0; i < count; i++, at += ORIGIN_BYTES) {
    origins.set(view.getFloat64(at, true), { node: view.getFloat64(at + 8, true), request: view.getFloat64(at + 16, true) });
  }
  const items: CommittedChange[] = [];
  for (let next = first; at < bytes.length;) {
    const { change, end } = readChange(bytes, view, at);
    items.push({ id: change.scope === ROOM_EVENT ? next - 1 : next++, ...change });
    at = end;
  }
  return { items, origins };
}
