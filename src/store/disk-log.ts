/**
 * The change log on one disk of this machine.
 *
 * Group commit: changes gather in a batch, which is written and synced as one when the one before it is done, so
 * that the number of syncs does not limit the number of changes. A batch that cannot be written is kept and tried
 * again every second; whoever waits for it is told at once.
 */
import { assert } from '../errors/assert.ts';
import type { CommittedChange } from '../engine.ts';
import { StoreError } from '../errors/store-error.ts';
import type { ChangeLog, LogContents } from './change-log.ts';
import type { Disk } from './disk.ts';
import { readRecord, recordLength, writeRecord } from './record.ts';

export interface DiskLogOptions {
  /** How long a change may wait for others before it is written. 0: until the end of the turn. */
  readonly delayMs: number;
  readonly retryMs: number;
  /** Told when writing fails, and with null when it works again. */
  onFailure(error: Error | null): void;
  /** Told the last change that is durable. */
  onDurable(id: number): void;
  /** What those are told who wait for a batch that cannot be written. */
  explain(error: Error): unknown;
}

const DEFAULTS: DiskLogOptions = { delayMs: 0, retryMs: 1000, onFailure: () => {}, onDurable: () => {}, explain: error => error };

export class DiskLog implements ChangeLog {
  private readonly disk: Disk;
  private readonly options: DiskLogOptions;
  /** What is not durable, oldest first. The last one is open for more unless it is being written. */
  private readonly batches: Batch[] = [];
  private writing: Promise<void> | null = null;
  private timer: NodeJS.Timeout | null = null;
  private scheduled = false;
  private failure: Error | null = null;
  private closing = false;
  private first = 0;
  private last = 0;

  constructor(disk: Disk, options: Partial<DiskLogOptions> = {}) {
    this.disk = disk;
    this.options = { ...DEFAULTS, ...options };
  }

  async open(): Promise<LogContents> {
    const { first, last } = await this.disk.open();
    const cut = last === 0 ? [] : await this.cutTail(first, last);
    this.first = first;
    this.last = last - cut.length;
    return { first, last: this.last, cut, snapshot: null };
  }

  /** Cuts off the records at the end that are not whole: those that a crash interrupted. */
  private async cutTail(first: number, last: number): Promise<number[]> {
    let good = last;
    while (good >= first && !this.isWhole(await this.disk.get(good), good)) good--;
    if (good < first) throw damaged(first);
    if (good < last) await this.disk.remove(good + 1, last);
    return Array.from({ length: last - good }, (_, i) => good + 1 + i);
  }

  private isWhole(record: Uint8Array | null, id: number): boolean {
    return record !== null && readRecord(record, id) !== null;
  }

  async *read(from: number): AsyncIterable<readonly CommittedChange[]> {
    let next = from;
    for await (const piece of this.disk.read(from)) {
      const changes: CommittedChange[] = [];
      for (const [id, record] of piece) {
        if (id !== next) throw new StoreError(`change ${next} is missing, but there is change ${id}`, next);
        const change = readRecord(record, id);
        if (change === null) throw damaged(id);
        changes.push(change);
        next++;
      }
      yield changes;
    }
    if (next <= this.last) throw new StoreError(`change ${next} is missing`, next);
  }

  append(change: CommittedChange): Promise<void> {
    assert(this.last === 0 || change.id === this.last + 1, `change ${change.id} follows change ${this.last} in the log`);
    this.last = change.id;
    if (this.first === 0) this.first = change.id;
    let batch = this.batches.at(-1);
    if (batch === undefined || batch.closed) this.batches.push(batch = new Batch(change.id));
    batch.add(change);
    this.schedule();
    return batch.durable;
  }

  get pending(): Promise<void> | null {
    return this.batches.at(-1)?.durable ?? null;
  }

  async trim(to: number): Promise<void> {
    const first = this.first;
    if (to < first) return;
    this.first = to + 1;
    await this.disk.remove(first, to);
  }

  async close(): Promise<void> {
    this.closing = true;
    await this.writing;
    while (this.batches.length > 0 && await this.writeOldest());
    this.cancelTimer();
    await this.disk.close();
    if (this.batches.length === 0) return;
    const from = this.batches[0]!.first;
    throw new StoreError(`changes ${from} to ${this.last} are lost, since they could not be stored: ${this.failure?.message}`, from);
  }

  private schedule(): void {
    if (this.scheduled || this.writing !== null || this.failure !== null) return;
    this.scheduled = true;
    const start = (): void => {
      this.scheduled = false;
      this.timer = null;
      this.start();
    };
    // After all that the sockets brought in this turn has been run, and all that those ask who were just answered:
    // it shares the sync.
    if (this.options.delayMs === 0) setImmediate(start);
    else this.timer = setTimeout(start, this.options.delayMs);
  }

  private start(): void {
    if (this.writing !== null || this.closing || this.batches.length === 0) return;
    this.writing = this.writeOldest().then(() => {
      this.writing = null;
      if (this.closing) return;
      if (this.failure !== null) this.retryLater();
      else if (this.batches.length > 0) this.schedule();
    });
  }

  /** Writes one batch; false when that fails. */
  private async writeOldest(): Promise<boolean> {
    const batch = this.batches[0]!;
    batch.closed = true;
    try {
      await this.disk.write(batch.packed());
    } catch (e) {
      this.failed(e as Error);
      return false;
    }
    this.batches.shift();
    batch.resolve();
    this.options.onDurable(batch.first + batch.ends.length - 1);
    if (this.failure !== null) {
      this.failure = null;
      this.options.onFailure(null);
    }
    return true;
  }

  private failed(error: Error): void {
    for (const batch of this.batches) batch.reject(this.options.explain(error));
    if (this.failure === null) this.options.onFailure(error);
    this.failure = error;
  }

  private retryLater(): void {
    this.timer = setTimeout(() => {
      this.timer = null;
      this.start();
    }, this.options.retryMs);
    this.timer.unref();
  }

  private cancelTimer(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }
}

function damaged(id: number): StoreError {
  return new StoreError(`change ${id} is damaged: its record is not what was written`, id);
}

const BATCH_ROOM = 4096;

/** Changes that are written together. */
class Batch {
  readonly first: number;
  readonly ends: number[] = [];
  readonly durable: Promise<void>;
  resolve!: () => void;
  reject!: (reason: unknown) => void;
  /** It is being written, or was tried: no more go in. */
  closed = false;
  private bytes = new Uint8Array(BATCH_ROOM);
  private view = new DataView(this.bytes.buffer);
  private end = 0;

  constructor(first: number) {
    this.first = first;
    this.durable = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Not everyone who appends waits.
    this.durable.catch(() => {});
  }

  add(change: CommittedChange): void {
    this.reserve(recordLength(change));
    this.end = writeRecord(this.bytes, this.view, this.end, change);
    this.ends.push(this.end);
  }

  packed(): { first: number; ends: readonly number[]; bytes: Uint8Array } {
    return { first: this.first, ends: this.ends, bytes: this.bytes.subarray(0, this.end) };
  }

  private reserve(extra: number): void {
    if (this.end + extra <= this.bytes.length) return;
    const bytes = new Uint8Array(Math.max(this.bytes.length * 2, this.end + extra));
    bytes.set(this.bytes);
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}
