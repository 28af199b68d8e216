/**
 * Changes that were written together, as they stand in a log file:
 *
 *   0  u32  CRC-32 of all that follows in the frame
 *   4  u32  length of the whole frame, a multiple of 8
 *   8  f64  id of the first change; those of the others follow it
 *  16  u32  number of changes
 *  20  f64  when the first change was made, UNIX seconds
 *  28       each change, as `change-bytes.ts` writes it
 *
 * All little endian. A frame counts as a whole or not at all. The next one is written when this one is durable: so
 * what is not whole before a frame that is, was damaged later, and what is not whole at the end was never finished.
 */
import { crc32 } from 'node:zlib';
import type { CommittedChange } from '../engine.ts';
import { CHANGE_HEAD, changeBytes, readChange, writeChange } from './change-bytes.ts';
import type { LoggedChange } from './change-log.ts';

export const FRAME_HEAD = 28;
/** Frames begin at multiples of it. */
export const FRAME_ALIGN = 8;
const ROOM = 4096;

/** A frame that changes are added to. */
export class FrameBuilder {
  readonly first: number;
  private readonly time: number;
  count = 0;
  private bytes = new Uint8Array(ROOM);
  private view = new DataView(this.bytes.buffer);
  private end = FRAME_HEAD;

  /** `time` in UNIX seconds. */
  constructor(first: number, time: number) {
    this.first = first;
    this.time = time;
  }

  add(change: CommittedChange): void {
    this.reserve(changeBytes(change));
    this.end = writeChange(this.bytes, this.view, this.end, change);
    this.count++;
  }

  /** The whole frame; nothing is added after that. */
  packed(): Uint8Array {
    this.reserve(FRAME_ALIGN);
    const length = Math.ceil(this.end / FRAME_ALIGN) * FRAME_ALIGN;
    const { bytes, view } = this;
    view.setUint32(4, length, true);
    view.setFloat64(8, this.first, true);
    view.setUint32(16, this.count, true);
    view.setFloat64(20, this.time, true);
    view.setUint32(0, crc32(bytes.subarray(4, length)), true);
    return bytes.subarray(0, length);
  }

  private reserve(extra: number): void {
    if (this.end + extra <= this.bytes.length) return;
    const bytes = new Uint8Array(Math.max(this.bytes.length * 2, this.end + extra));
    bytes.set(this.bytes);
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}

/** What the head of a frame says, whether it is whole or not. */
export interface FrameHead {
  readonly length: number;
  readonly first: number;
  readonly count: number;
  /** When the first change was made, UNIX seconds. */
  readonly time: number;
}

/** Null where too few bytes are left, or no frame can begin so. */
export function frameHead(bytes: Uint8Array, at: number): FrameHead | null {
  if (at + FRAME_HEAD > bytes.length) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at);
  const [length, first, count] = [view.getUint32(4, true), view.getFloat64(8, true), view.getUint32(16, true)];
  const fits = length >= FRAME_HEAD && length % FRAME_ALIGN === 0 && count > 0 && FRAME_HEAD + count * CHANGE_HEAD <= length;
  return fits && Number.isSafeInteger(first) && first > 0 ? { length, first, count, time: view.getFloat64(20, true) } : null;
}

/** Whether the frame that begins at a position is there as it was written. */
export function isWhole(bytes: Uint8Array, at: number, { length }: FrameHead): boolean {
  if (at + length > bytes.length) return false;
  const crc = new DataView(bytes.buffer, bytes.byteOffset + at).getUint32(0, true);
  return crc === crc32(bytes.subarray(at + 4, at + length));
}

/** The changes of a whole frame. */
export function changesOf(bytes: Uint8Array, at: number, { length, first, count, time }: FrameHead): LoggedChange[] {
  const frame = bytes.subarray(at, at + length);
  const view = new DataView(frame.buffer, frame.byteOffset);
  const changes: LoggedChange[] = [];
  let pos = FRAME_HEAD;
  for (let i = 0; i < count; i++) {
    const { change, end } = readChange(frame, view, pos);
    changes.push({ id: first + i, time, ...change });
    pos = end;
  }
  return changes;
}
