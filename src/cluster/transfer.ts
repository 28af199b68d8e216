/**
 * The state of a node for another one that cannot get it from the log any more: a snapshot, block by block, each when
 * the other side has asked for it.
 */
import { cluster as msg } from '../errors/messages/cluster.ts';
import { takeSnapshot, type Snapshot } from '../snapshot/take.ts';
import type { Clock } from './clock.ts';
import type { Member } from './member.ts';
import type { Network } from './network.ts';

/** Transfers at one time, and milliseconds after which one that nobody asks for is given up. */
const TRANSFERS_MAX = 4;
const IDLE_MS = 30_000;
/** Bytes of an answer, about. */
const ANSWER_BYTES = 256 * 1024;

interface Transfer {
  readonly snapshot: Snapshot;
  askedAt: number;
}

/** The side that gives. */
export class Transfers {
  private readonly member: Member;
  private readonly clock: Clock;
  private readonly open = new Map<number, Transfer>();
  private last = 0;

  constructor(member: Member, clock: Clock) {
    this.member = member;
    this.clock = clock;
  }

  /** Begins one: answers its number, and the change that it stands for. */
  begin(): Uint8Array {
    this.giveUpIdle();
    if (this.open.size >= TRANSFERS_MAX) throw new Error(msg.transfers());
    const transfer = { snapshot: takeSnapshot(this.member.engine), askedAt: this.clock.now() };
    this.open.set(++this.last, transfer);
    return packNumbers(this.last, transfer.snapshot.changeId);
  }

  /** The next blocks; none at the end. Then all that it holds is written in the log. */
  async next(number: number): Promise<Uint8Array> {
    const transfer = this.open.get(number);
    if (transfer === undefined) throw new Error(msg.transfers());
    transfer.askedAt = this.clock.now();
    const blocks: Uint8Array[] = [];
    for (let bytes = 0; bytes < ANSWER_BYTES;) {
      const block = transfer.snapshot.next();
      if (block === null) break;
      blocks.push(block);
      bytes += block.length;
    }
    if (blocks.length === 0) {
      this.open.delete(number);
      await this.member.pending;
    }
    return Buffer.concat(blocks);
  }

  end(): void {
    for (const { snapshot } of this.open.values()) snapshot.end();
    this.open.clear();
  }

  private giveUpIdle(): void {
    for (const [number, { snapshot, askedAt }] of this.open) {
      if (this.clock.now() - askedAt < IDLE_MS) continue;
      snapshot.end();
      this.open.delete(number);
    }
  }
}

/** The state of a node after a change. */
export interface Received {
  readonly changeId: number;
  readonly pieces: AsyncIterable<Uint8Array>;
}

/** What a node asks for a transfer: nothing to begin one, then its number. */
export const transferRequest = (number: number): Uint8Array => packNumbers(number, 0).subarray(0, 8);

export function readTransferRequest(body: Uint8Array): number {
  return new DataView(body.buffer, body.byteOffset).getFloat64(0, true);
}

/** The side that takes. `ask` puts a question of this kind to the node that gives. */
export async function receive(network: Network, node: number, ask: (body: Uint8Array) => Uint8Array): Promise<Received> {
  const call = (number: number): Promise<Uint8Array> => network.call(node, ask(transferRequest(number)));
  const begun = await call(0);
  const view = new DataView(begun.buffer, begun.byteOffset);
  const number = view.getFloat64(0, true);
  async function* pieces(): AsyncIterable<Uint8Array> {
    for (let piece = await call(number); piece.length > 0; piece = await call(number)) yield piece;
  }
  return { changeId: view.getFloat64(8, true), pieces: pieces() };
}

function packNumbers(a: number, b: number): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setFloat64(0, a, true);
  view.setFloat64(8, b, true);
  return bytes;
}
