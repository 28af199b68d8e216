/**
 * What becomes of the past. A start needs the newest checkpoint and the log after it; what is behind is removed, or kept
 * for a time, so that it can be read, and any state in it be had again.
 *
 * The past is made of stretches: a checkpoint, and the log after it up to the next one. The oldest go first, and whole, so
 * that what is kept always begins with a state, or with change 1.
 */
import type { Checkpoints } from './checkpoints.ts';
import type { DiskLog } from './disk-log.ts';
import type { LogFiles } from './log-files.ts';

export interface KeepOptions {
  /** How long a stretch is kept after its last change; 0: not at all. */
  readonly seconds: number;
  /** Bytes of all that is kept beyond what a start needs. */
  readonly bytes: number;
}

export const KEEP: KeepOptions = { seconds: 0, bytes: 1 << 30 };

/** Where an audit is kept: 30 days. */
export const AUDIT_KEEP: KeepOptions = { ...KEEP, seconds: 2_592_000 };

export class Retention {
  readonly options: KeepOptions;
  private readonly log: DiskLog;
  private readonly files: LogFiles;
  private readonly checkpoints: Checkpoints;
  /** UNIX seconds. */
  private readonly now: () => number;

  constructor(log: DiskLog, files: LogFiles, checkpoints: Checkpoints, options: KeepOptions, now: () => number) {
    this.log = log;
    this.files = files;
    this.checkpoints = checkpoints;
    this.options = options;
    this.now = now;
  }

  /** Removes what is not to be kept. `newest` is the checkpoint that a start would use. */
  async apply(newest: number): Promise<void> {
    const from = await this.keptFrom(newest);
    await this.log.trim(newest, from);
    await this.checkpoints.removeBefore(from);
  }

  /** Id of the checkpoint that the first stretch which is kept begins with; 0 for one that begins with change 1. */
  private async keptFrom(newest: number): Promise<number> {
    const { seconds, bytes } = this.options;
    if (seconds === 0) return newest;
    const { files, checkpoints } = this;
    const starts = checkpoints.ids.filter(id => id <= newest);
    if (files.first === 1 && starts[0]! > 0) starts.unshift(0);
    const sizes = starts.slice(1).map((end, i) => checkpoints.sizeOf(starts[i]!) + files.bytesBetween(starts[i]!, end));
    let total = sizes.reduce((sum, size) => sum + size, 0);
    // A crash may have left the end of a stretch only.
    let i = files.first > starts[0]! + 1 && sizes.length > 0 ? 1 : 0;
    if (i > 0) total -= sizes[0]!;
    while (i < sizes.length && (total > bytes || await files.lastTimeBetween(starts[i]!, starts[i + 1]!) < this.now() - seconds)) total -= sizes[i++]!;
    return starts[i]!;
  }
}
