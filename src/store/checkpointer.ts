/**
 * Writes a checkpoint whenever the log has become long, and removes what is behind it: so a start takes no longer,
 * and the disk no more room, than goes with the size of the state.
 */
import type { Engine } from '../engine.ts';
import { storage as msg } from '../errors/messages/store.ts';
import { LOG_LEVEL } from '../host.ts';
import { takeSnapshot } from '../snapshot/take.ts';
import { GivenUp, type Checkpoints } from './checkpoints.ts';
import type { DiskLog } from './disk-log.ts';
import type { LogFiles } from './log-files.ts';
import type { Retention } from './retention.ts';

export interface CheckpointOptions {
  /** Bytes of log from which on a checkpoint is written … */
  readonly minBytes: number;
  /** … if they are also more than so many times the last checkpoint. */
  readonly factor: number;
}

export const CHECKPOINTS: CheckpointOptions = { minBytes: 16 << 20, factor: 1 };

/** Into so many stretches at least is divided what is kept for a time. */
const STRETCHES = 4;

export class Checkpointer {
  private readonly engine: Engine;
  private readonly log: DiskLog;
  private readonly files: LogFiles;
  private readonly checkpoints: Checkpoints;
  private readonly options: CheckpointOptions;
  private readonly retention: Retention;
  private readonly durable: () => Promise<void>;
  private readonly onWritten: () => void;
  /** When the first change after the newest checkpoint was made, UNIX seconds; null while there is none. */
  since: number | null = null;
  private running: Promise<void> | null = null;
  private stopped = false;
  /** Bytes of log before which none is tried again, after one has failed. */
  private notBefore = 0;

  /** `durable` promises that all changes so far are; `onWritten` is told when the log has been trimmed. */
  constructor(
    engine: Engine, log: DiskLog, files: LogFiles, checkpoints: Checkpoints, retention: Retention, durable: () => Promise<void>, options: CheckpointOptions,
    onWritten: () => void,
  ) {
    this.engine = engine;
    this.log = log;
    this.files = files;
    this.checkpoints = checkpoints;
    this.retention = retention;
    this.durable = durable;
    this.options = options;
    this.onWritten = onWritten;
  }

  /** To be called when the log has grown. */
  look(): void {
    this.since ??= this.engine.host.now();
    if (this.running !== null || this.stopped || !(this.isLong() || this.isOld())) return;
    this.write().catch(() => {});
  }

  private isLong(): boolean {
    const { minBytes, factor } = this.options;
    return this.logBytes >= Math.max(minBytes, factor * this.checkpoints.sizeOf(this.checkpoints.newest), this.notBefore);
  }

  /** What is kept for a time is removed stretch by stretch: none may last much longer than that. */
  private isOld(): boolean {
    const { seconds } = this.retention.options;
    return seconds > 0 && this.engine.host.now() - this.since! > seconds / STRETCHES && this.logBytes >= this.notBefore;
  }

  /** Of the log after the newest checkpoint. */
  private get logBytes(): number {
    return this.files.bytesBetween(this.checkpoints.newest, Infinity);
  }

  /** Writes one now, or waits for the one that is being written. Broken when it fails; the log is as it was then. */
  write(): Promise<void> {
    return this.running ??= this.run().finally(() => {
      this.running = null;
    });
  }

  /** Writes one of another state, which takes the place of all that is there; `look` is called just before it does. */
  async replace(other: Engine, look: () => void): Promise<void> {
    const { checkpoints } = this;
    while (this.running !== null) await this.running.catch(() => {});
    const writing = checkpoints.replace(takeSnapshot(other), look);
    this.running = writing;
    await writing.finally(() => {
      this.running = null;
    });
    this.since = null;
    await this.log.trim(other.changeId, 0).catch(() => {});
    // What is behind it does no harm: the next start removes it, if not the next checkpoint.
    await this.retention.apply(other.changeId).catch(() => {});
  }

  /** Gives up what is being written; kept when that has come to rest. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.running?.catch(() => {});
  }

  private async run(): Promise<void> {
    const { host } = this.engine;
    try {
      const snapshot = takeSnapshot(this.engine);
      this.since = null;
      this.log.split();
      // A checkpoint holds nothing that a crash could still take back.
      const durable = this.durable();
      durable.catch(() => {});
      await this.checkpoints.write(snapshot, () => durable, () => this.stopped);
      this.notBefore = 0;
      await this.retention.apply(snapshot.changeId);
      this.onWritten();
    } catch (e) {
      if (e instanceof GivenUp) throw e;
      this.notBefore = this.logBytes + this.options.minBytes;
      host.log(LOG_LEVEL.error, msg.checkpointFailed((e as Error).message));
      throw e;
    }
  }
}
