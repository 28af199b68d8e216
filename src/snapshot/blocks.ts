/**
 * The blocks of a snapshot, one after another:
 *
 *   0  u32  CRC-32 of all that follows in the block
 *   4  u32  length of the whole block
 *   8  u32  number of the block, from 0
 *  12       entries, see `format.ts`; none in the last block, and only there
 *
 * All little endian.
 */
import { snapshots as msg } from '../errors/messages/store.ts';
import { StoreError } from '../errors/store-error.ts';
import { Writer } from '../wire/msgpack.ts';
import { crc32 } from './crc32.ts';

export type Checksum = (bytes: Uint8Array) => number;

const HEAD = 12;
/** More than any block has: its entries are at most as long as what is packed at once. */
const LENGTH_MAX = 2 ** 31;

/** Puts entries into blocks of about so many bytes. */
export class BlockWriter {
  readonly out: Writer;
  /** Blocks that are complete, to be taken from the front. */
  readonly ready: Uint8Array[] = [];
  private readonly bytes: number;
  private readonly checksum: Checksum;
  private count = 0;

  constructor(bytes: number, checksum: Checksum = crc32) {
    this.bytes = bytes;
    this.checksum = checksum;
    this.out = new Writer(this.room());
    this.out.reserve(HEAD);
  }

  /** To be called after each entry. */
  entryEnds(): void {
    if (this.out.pos >= this.bytes) this.close();
  }

  /** To be called at the end. */
  end(): void {
    if (this.out.pos > HEAD) this.close();
    this.close();
  }

  private close(): void {
    const { out } = this;
    out.view.setUint32(4, out.pos, true);
    out.view.setUint32(8, this.count++, true);
    out.view.setUint32(0, this.checksum(out.bytes.subarray(4, out.pos)), true);
    this.ready.push(out.detach(this.room()));
    out.reserve(HEAD);
  }

  private room(): number {
    return Math.ceil(this.bytes * 1.25) + 64;
  }
}

/**
 * The entries of each block of a stream, whose pieces may be cut anywhere. Throws a {@link StoreError} that names
 * the first block that is not whole, or not as it was written; and one when the last is not there.
 */
export async function* readBlocks(pieces: AsyncIterable<Uint8Array>, checksum: Checksum = crc32): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = new BlockReader(checksum);
  for await (const piece of pieces) yield* reader.take(piece);
  reader.end();
}

/** The same of a snapshot that is there as a whole. */
export function* blocksOf(snapshot: Uint8Array, checksum: Checksum = crc32): Generator<Uint8Array, void, undefined> {
  const reader = new BlockReader(checksum);
  yield* reader.take(snapshot);
  reader.end();
}

class BlockReader {
  private readonly checksum: Checksum;
  /** Of the next block. */
  private number = 0;
  private waiting: Uint8Array[] = [];
  /** Of what waits, and what must be there to go on. */
  private length = 0;
  private needed = HEAD;
  private ended = false;

  constructor(checksum: Checksum) {
    this.checksum = checksum;
  }

  *take(piece: Uint8Array): Generator<Uint8Array, void, undefined> {
    this.waiting.push(piece);
    this.length += piece.length;
    if (this.length < this.needed) return;
    let rest = joined(this.waiting, this.length);
    for (let needed = blockLength(rest, this.number); ; needed = blockLength(rest, this.number)) {
      this.needed = needed;
      if (needed > rest.length) break;
      if (this.ended) throw new StoreError(msg.afterEnd(this.number));
      const entries = this.checked(rest.subarray(0, needed));
      rest = rest.subarray(needed);
      if (entries.length === 0) this.ended = true;
      else yield entries;
      this.number++;
    }
    this.waiting = [rest];
    this.length = rest.length;
  }

  end(): void {
    if (this.length > 0) throw new StoreError(msg.blockCut(this.number));
    if (!this.ended) throw new StoreError(msg.noEnd(this.number));
  }

  private checked(block: Uint8Array): Uint8Array {
    const { number } = this;
    const view = new DataView(block.buffer, block.byteOffset);
    if (view.getUint32(0, true) !== this.checksum(block.subarray(4))) throw new StoreError(msg.blockDamaged(number));
    if (view.getUint32(8, true) !== number) throw new StoreError(msg.blockOrder(number, view.getUint32(8, true)));
    return block.subarray(HEAD);
  }
}

/** Length of the block at the start; that of a head while it is not known. */
function blockLength(bytes: Uint8Array, number: number): number {
  if (bytes.length < HEAD) return HEAD;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true);
  if (length < HEAD || length > LENGTH_MAX) throw new StoreError(msg.blockDamaged(number));
  return length;
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  if (pieces.length === 1) return pieces[0]!;
  const all = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
