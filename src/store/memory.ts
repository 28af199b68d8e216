/** A disk in memory, for tests: what was written stays there when the log is closed, or just dropped. */
import type { Disk, RecordBatch } from './disk.ts';

export class MemoryDisk implements Disk {
  readonly records = new Map<number, Uint8Array>();
  /** Syncs so far. */
  syncs = 0;
  /** Set to make writes fail. */
  failure: Error | null = null;
  /** Set to make writes wait. */
  gate: Promise<void> | null = null;

  async open(): Promise<{ first: number; last: number }> {
    const ids = [...this.records.keys()];
    return { first: ids.length === 0 ? 0 : Math.min(...ids), last: Math.max(0, ...ids) };
  }

  async get(id: number): Promise<Uint8Array | null> {
    return this.records.get(id) ?? null;
  }

  async *read(from: number): AsyncIterable<readonly (readonly [number, Uint8Array])[]> {
    const ids = [...this.records.keys()].filter(id => id >= from).sort((a, b) => a - b);
    for (let i = 0; i < ids.length; i += PIECE) yield ids.slice(i, i + PIECE).map(id => [id, this.records.get(id)!] as const);
  }

  async write({ first, ends, bytes }: RecordBatch): Promise<void> {
    await this.gate;
    if (this.failure !== null) throw this.failure;
    ends.forEach((end, i) => this.records.set(first + i, bytes.slice(i === 0 ? 0 : ends[i - 1]!, end)));
    this.syncs++;
  }

  async remove(from: number, to: number): Promise<void> {
    for (const id of [...this.records.keys()]) if (id >= from && id <= to) this.records.delete(id);
  }

  async close(): Promise<void> {}
}

/** Small, so that tests see more than one piece. */
const PIECE = 100;
