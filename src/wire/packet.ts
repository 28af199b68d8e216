/**
 * Packages: eight bytes of header, then the body. All numbers little endian:
 * length of the body (u32), id of the request (u16), type (u8), type xor 255 (u8).
 */
import { assert } from '../errors/assert.ts';
import type { Writer } from './msgpack.ts';

/** Types of packages. Numbers are ThingsDB's; answers repeat the id of their request. */
export const PACKET = {
  nodeStatus: 0,
  warn: 5,
  roomJoin: 6,
  roomLeave: 7,
  roomEmit: 8,
  roomDelete: 9,
  pong: 16,
  ok: 17,
  data: 18,
  error: 19,
  ping: 32,
  auth: 33,
  query: 34,
  watch: 35,
  unwatch: 36,
  run: 37,
  join: 38,
  leave: 39,
  emit: 40,
  emitPeer: 41,
} as const;

/** Id of packages that are no answer. */
export const EVENT_PID = 0xffff;

export const HEADER_BYTES = 8;
/** What ThingsDB accepts. */
export const BODY_MAX = 2 ** 30;
/** Enough to log in. */
export const BODY_MAX_BEFORE_LOGIN = 64 * 1024;

export interface Header {
  readonly length: number;
  readonly pid: number;
  readonly type: number;
}

/** The header at `at`; null when its check byte is wrong: whoever sent it does not speak this protocol. */
export function readHeader(bytes: Uint8Array, at: number): Header | null {
  const type = bytes[at + 6]!;
  if ((type ^ 0xff) !== bytes[at + 7]) return null;
  const length = (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
  return { length, pid: bytes[at + 4]! | (bytes[at + 5]! << 8), type };
}

export function writeHeader(bytes: Uint8Array, at: number, length: number, pid: number, type: number): void {
  bytes[at] = length;
  bytes[at + 1] = length >>> 8;
  bytes[at + 2] = length >>> 16;
  bytes[at + 3] = length >>> 24;
  bytes[at + 4] = pid;
  bytes[at + 5] = pid >>> 8;
  bytes[at + 6] = type;
  bytes[at + 7] = type ^ 0xff;
}

/**
 * Writes packages one after another into one buffer, so that many answers leave in one write. The body is
 * packed in place: `begin`, pack, `finish`.
 *
 * With `frames` each package is a WebSocket message of its own: an unmasked binary frame around it.
 */
export class PacketWriter {
  private readonly out: Writer;
  private readonly frames: boolean;

  constructor(out: Writer, frames: boolean) {
    this.out = out;
    this.frames = frames;
  }

  /** Leaves room for the header; answers the mark that `finish` and `abort` take. */
  begin(): number {
    return this.out.reserve(this.frames ? FRAME_BYTES + HEADER_BYTES : HEADER_BYTES);
  }

  finish(mark: number, pid: number, type: number): void {
    const header = this.frames ? mark + FRAME_BYTES : mark;
    writeHeader(this.out.bytes, header, this.out.pos - header - HEADER_BYTES, pid, type);
    if (this.frames) this.frame(mark, this.out.pos - header);
  }

  /** Takes back what was written since `begin`. */
  abort(mark: number): void {
    this.out.pos = mark;
  }

  /** A package without body. */
  empty(pid: number, type: number): void {
    this.finish(this.begin(), pid, type);
  }

  /** A package with a body that is already packed. */
  whole(body: Uint8Array, pid: number, type: number): void {
    const mark = this.begin();
    this.out.raw(body);
    this.finish(mark, pid, type);
  }

  /** The packages in bytes that such a writer has written. */
  *read(bytes: Uint8Array): Iterable<Header & { readonly from: number; readonly to: number }> {
    for (let at = 0; at < bytes.length;) {
      if (this.frames) at += FRAME_BYTES + (bytes[at + 1]! < 126 ? 0 : bytes[at + 1] === 126 ? 2 : 8);
      const header = readHeader(bytes, at);
      assert(header !== null, 'a writer reads what it has written');
      const from = at + HEADER_BYTES;
      const to = from + header.length;
      yield { ...header, from, to };
      at = to;
    }
  }

  /** The frame's header has 2, 4 or 10 bytes. Two are left open; longer messages are moved. */
  private frame(mark: number, length: number): void {
    const out = this.out;
    const extra = length < 126 ? 0 : length < 0x1_0000 ? 2 : 8;
    if (extra > 0) {
      out.reserve(extra);
      out.bytes.copyWithin(mark + FRAME_BYTES + extra, mark + FRAME_BYTES, mark + FRAME_BYTES + length);
    }
    out.bytes[mark] = 0x82; // the last frame of a binary message
    if (extra === 0) out.bytes[mark + 1] = length;
    else if (extra === 2) {
      out.bytes[mark + 1] = 126;
      out.view.setUint16(mark + 2, length);
    } else {
      out.bytes[mark + 1] = 127;
      out.view.setUint32(mark + 2, 0);
      out.view.setUint32(mark + 6, length);
    }
  }
}

const FRAME_BYTES = 2;

export interface PacketHandler {
  /** Takes a package whose body is `bytes[from … to)`. They are only good until the call returns. */
  packet(type: number, pid: number, bytes: Uint8Array, from: number, to: number): void;
}

/**
 * Finds the packages in a stream of chunks. A package that lies within a chunk is handed on without copying;
 * of one that does not, the pieces are kept and joined once when the last has come. The announced length
 * alone never costs memory.
 */
export class PacketReader {
  /** Longest body that is accepted; may be raised at any time, as after a login. */
  maxBody: number;
  /** While true, what comes is kept and nothing handed on; see {@link resume}. */
  paused = false;
  /** Set for good once the stream made no sense, or by who closes it: nothing is handed on then. */
  broken = false;
  private readonly handler: PacketHandler;
  /** Null while there are none: so it is with most of many connections. */
  private pieces: Uint8Array[] | null = null;
  private kept = 0;
  /** How many bytes must be there before it is worth looking again. */
  private wanted = HEADER_BYTES;

  constructor(handler: PacketHandler, maxBody = BODY_MAX) {
    this.handler = handler;
    this.maxBody = maxBody;
  }

  /** Takes what came. False: the stream is broken and must be closed. */
  push(chunk: Uint8Array): boolean {
    if (this.broken) return false;
    if (this.kept > 0 || this.paused) {
      this.keep(chunk);
      if (this.paused || this.kept < this.wanted) return true;
      chunk = this.joined();
    }
    return this.scan(chunk);
  }

  /** Goes on after a pause. */
  resume(): boolean {
    this.paused = false;
    if (this.broken) return false;
    return this.kept >= this.wanted ? this.scan(this.joined()) : true;
  }

  private scan(chunk: Uint8Array): boolean {
    let at = 0;
    this.wanted = HEADER_BYTES;
    while (chunk.length - at >= HEADER_BYTES && !this.paused && !this.broken) {
      const header = readHeader(chunk, at);
      if (header === null || header.length > this.maxBody) {
        this.broken = true;
        return false;
      }
      const from = at + HEADER_BYTES;
      const to = from + header.length;
      if (to > chunk.length) {
        this.wanted = HEADER_BYTES + header.length;
        break;
      }
      at = to;
      this.handler.packet(header.type, header.pid, chunk, from, to);
    }
    if (at < chunk.length && !this.broken) this.keep(at === 0 ? chunk : chunk.subarray(at));
    return !this.broken;
  }

  private keep(piece: Uint8Array): void {
    (this.pieces ??= []).push(piece);
    this.kept += piece.length;
  }

  private joined(): Uint8Array {
    const pieces = this.pieces ?? [];
    const size = this.kept;
    this.pieces = null;
    this.kept = 0;
    if (pieces.length === 1) return pieces[0]!;
    const whole = new Uint8Array(size);
    let at = 0;
    for (const piece of pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }
}
