/**
 * The change log on one disk of this machine.
 *
 * Group commit: changes gather in a batch, which is written and synced as one when the one before it is done, so
 * that the number of syncs does not limit the number of changes. A batch that cannot be written is kept and tried
 * again every second; whoever waits for it is told at once.
 */
import { assert } from '../errors/assert.ts';
import type { CommittedChange } from '../engine.ts';
import { storage as msg } from '../errors/messages/store.ts';
import { StoreError } from '../errors/store-error.ts';
import type { ChangeLog, LogContents, LoggedChange } from './change-log.ts';
import { FrameBuilder } from './frame.ts';
import type { LogFiles } from './log-files.ts';
import { nodeTimers, type Timers } from './timers.ts';

export interface DiskLogOptions {
  /** How long a change may wait for others before it is written. 0: until the end of the turn. */
  readonly delayMs: number;
  readonly retryMs: number;
  readonly timers: Timers;
  /** UNIX seconds. */
  now(): number;
  /** Told when writing fails, and with null when it works again. */
  onFailure(error: Error | null): void;
  /** Told the last change that is durable. */
  onDurable(id: number): void;
  /** What those are told who wait for a batch that cannot be written. */
  explain(error: Error): unknown;
}

const DEFAULTS: DiskLogOptions = {
  delayMs: 0, retryMs: 1000, timers: nodeTimers, now: () => Date.now() / 1000, onFailure: () => {}, onDurable: () => {}, explain: error => error,
};

export class DiskLog implements ChangeLog {
  private readonly files: LogFiles;
  private readonly options: DiskLogOptions;
  /** What is not durable, oldest first. The last one is open for more unless it is being written. */
  private readonly batches: Batch[] = [];
  private writing: Promise<void> | null = null;
  private cancelTimer: () => void = () => {};
  private scheduled = false;
  private failure: Error | null = null;
  private closing = false;
  /** The last change that was taken; 0 while that is not known. */
  private last = 0;

  constructor(files: LogFiles, options: Partial<DiskLogOptions> = {}) {
    this.files = files;
    this.options = { ...DEFAULTS, ...options };
  }

  async open(): Promise<LogContents> {
    const ends = await this.files.open();
    this.last = ends.last;
    return ends;
  }

  read(from: number): AsyncIterable<readonly LoggedChange[]> {
    return this.files.read(from);
  }

  append(change: CommittedChange): Promise<void> {
    assert(this.last === 0 || change.id === this.last + 1, `change ${change.id} follows change ${this.last} in the log`);
    this.last = change.id;
    let batch = this.batches.at(-1);
    if (batch === undefined || batch.closed) this.batches.push(batch = new Batch(change.id, this.options.now()));
    batch.frame.add(change);
    this.schedule();
    return batch.durable;
  }

  get pending(): Promise<void> | null {
    return this.batches.at(-1)?.durable ?? null;
  }

  /** Lets the next change begin a file, so that all up to now can be trimmed. */
  split(): void {
    const batch = this.batches.at(-1);
    if (batch !== undefined) batch.closed = true;
    this.files.split(this.last + 1);
  }

  /** A checkpoint holds the changes up to one; those up to `gone` are forgotten. */
  trim(to: number, gone = to): Promise<void> {
    // Changes that a checkpoint has, but not the log, are as good as taken.
    if (this.batches.length === 0 && this.last < to) this.last = to;
    return this.files.trim(to, gone);
  }

  async close(): Promise<void> {
    this.closing = true;
    await this.writing;
    while (this.batches.length > 0 && await this.writeOldest());
    this.cancelTimer();
    await this.files.close();
    if (this.batches.length === 0) return;
    const from = this.batches[0]!.frame.first;
    throw new StoreError(msg.lost(from, this.last, this.failure!.message), from);
  }

  private schedule(): void {
    if (this.scheduled || this.writing !== null || this.failure !== null) return;
    this.scheduled = true;
    const start = (): void => {
      this.scheduled = false;
      this.start();
    };
    const { delayMs, timers } = this.options;
    // After all that the sockets brought in this turn has been run, and all that those ask who were just answered:
    // it shares the sync.
    if (delayMs === 0) timers.soon(start);
    else this.cancelTimer = timers.after(delayMs, start);
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
    const { frame } = batch;
    batch.closed = true;
    try {
      await this.files.write(frame.first, frame.count, frame.packed());
    } catch (e) {
      this.failed(e as Error);
      return false;
    }
    this.batches.shift();
    batch.resolve();
    this.options.onDurable(frame.first + frame.count - 1);
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
    this.cancelTimer = this.options.timers.eventually(this.options.retryMs, () => this.start());
  }
}

/** Changes that are written together. */
class Batch {
  readonly frame: FrameBuilder;
  readonly durable: Promise<void>;
  resolve!: () => void;
  reject!: (reason: unknown) => void;
  /** It is being written, or was tried: no more go in. */
  closed = false;

  constructor(first: number, time: number) {
    this.frame = new FrameBuilder(first, time);
    this.durable = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Not everyone who appends waits.
    this.durable.catch(() => {});
  }
}
