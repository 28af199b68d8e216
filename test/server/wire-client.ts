/** A client for tests: packages as readable values, over whatever carries bytes. */
import { Writer } from '../../src/wire/msgpack.ts';
import { packPlain } from '../../src/wire/pack-plain.ts';
import { PACKET, PacketReader, PacketWriter } from '../../src/wire/packet.ts';
import { unpackPlain, type Plain } from '../../src/wire/plain.ts';

export interface Received {
  readonly type: number;
  readonly pid: number;
  readonly body: Plain | undefined;
}

/** The bytes of a request. `body` is packed as strs, ints, arrays and maps. */
export function request(type: number, pid: number, body?: unknown): Uint8Array {
  const out = new Writer();
  const packets = new PacketWriter(out, false);
  const mark = packets.begin();
  if (body !== undefined) packPlain(out, body);
  packets.finish(mark, pid, type);
  return out.copy();
}

export const LOGIN = request(PACKET.auth, 1, ['admin', 'pass']);
export const query = (pid: number, code: string, ...more: unknown[]): Uint8Array => request(PACKET.query, pid, ['//stuff', code, ...more]);

/** Packages out of bytes as they come. */
export class Inbox {
  readonly all: Received[] = [];
  private readonly stream = new PacketReader({ packet: (type, pid, bytes, from, to) => {
    this.all.push({ type, pid, body: from === to ? undefined : unpackPlain(bytes.slice(from, to)) });
    this.notify();
  } });
  private waiting: { count: number; resolve: () => void }[] = [];

  push(chunk: Uint8Array): void {
    this.stream.push(chunk);
  }

  /** Resolves once so many packages came. */
  count(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push({ count, resolve });
      this.notify();
    });
  }

  private notify(): void {
    for (const { count, resolve } of this.waiting) if (this.all.length >= count) resolve();
    this.waiting = this.waiting.filter(({ count }) => this.all.length < count);
  }
}
