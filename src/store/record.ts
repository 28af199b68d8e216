/**
 * A change as it is kept: a checksum, the length, id and scope of the change, then its events.
 *
 *   0  u32  CRC-32 of all that follows
 *   4  u32  length of the whole record
 *   8  f64  id of the change
 *  16  f64  scope: id of the collection, 0 for `@thingsdb`
 *  24       events
 *
 * All little endian.
 */
import { crc32 } from 'node:zlib';
import type { CommittedChange } from '../engine.ts';

export const RECORD_HEAD = 24;

export function recordLength(change: CommittedChange): number {
  return RECORD_HEAD + change.events.length;
}

/** Writes the record of a change at `at`; answers its end. */
export function writeRecord(bytes: Uint8Array, view: DataView, at: number, change: CommittedChange): number {
  const end = at + recordLength(change);
  view.setUint32(at + 4, end - at, true);
  view.setFloat64(at + 8, change.id, true);
  view.setFloat64(at + 16, change.scope, true);
  bytes.set(change.events, at + RECORD_HEAD);
  view.setUint32(at, crc32(bytes.subarray(at + 4, end)), true);
  return end;
}

/** The change of a record that should be that of `id`; null when it is not what was written. */
export function readRecord(record: Uint8Array, id: number): CommittedChange | null {
  if (record.length < RECORD_HEAD) return null;
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  if (view.getUint32(4, true) !== record.length || view.getFloat64(8, true) !== id) return null;
  if (view.getUint32(0, true) !== crc32(record.subarray(4))) return null;
  return { id, scope: view.getFloat64(16, true), events: record.subarray(RECORD_HEAD) };
}
