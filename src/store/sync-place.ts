/**
 * Where a write is made durable: on this thread, which waits for the disk, or on another one.
 *
 * To hand a write to another thread and to hear of its end takes longer than a good disk takes to sync, and while a change
 * is being synced no answer leaves anyway. So small writes are made here for as long as the disk is quick, and has nothing else to
 * do for the store. One that was not quick sends the next ones to the other thread: 16 at first, twice as many each time, so that
 * a slow disk is hardly ever waited for.
 */

/** Milliseconds that a sync may take to be made on this thread, unless something else is asked for. */
export const INLINE_SYNC_MS = 0.5;

/** Bytes beyond which a write takes a while on any disk. */
const LARGE = 1 << 13;
/** How many writes go elsewhere after a slow one, at least and at most. */
const AWAY_MIN = 16;
const AWAY_MAX = 4096;
/** So many quick ones in a row make up for the slow ones before. */
const FORGIVEN = 32;

export interface SyncPlaceOptions {
  /** Milliseconds that a quick write takes at most; 0 sends all to the other thread. */
  readonly quickMs: number;
  /** Milliseconds since any moment. */
  now(): number;
}

export class SyncPlace {
  private readonly options: SyncPlaceOptions;
  /** Writes that are still to go elsewhere, and how many will after the next slow one. */
  private away = 0;
  private nextAway = AWAY_MIN;
  private quickInARow = 0;
  /** What else of the store the disk is at, elsewhere. */
  private others = 0;

  constructor(options: SyncPlaceOptions) {
    this.options = options;
  }

  /** Whether the next write, of so many bytes, is to be made on this thread: then by {@link run}. */
  here(bytes: number): boolean {
    if (this.options.quickMs === 0 || bytes > LARGE || this.others > 0) return false;
    if (this.away === 0) return true;
    this.away--;
    return false;
  }

  /** Something that keeps the disk busy meanwhile. */
  beside<T>(work: Promise<T>): Promise<T> {
    this.others++;
    return work.finally(() => this.others--);
  }

  /** Makes a write on this thread, and learns from how long it takes, even when it fails. */
  run(write: () => void): void {
    const { now, quickMs } = this.options;
    const started = now();
    try {
      write();
    } finally {
      if (now() - started <= quickMs) this.quick();
      else this.slow();
    }
  }

  private quick(): void {
    if (++this.quickInARow >= FORGIVEN) this.nextAway = AWAY_MIN;
  }

  private slow(): void {
    this.quickInARow = 0;
    this.away = this.nextAway;
    this.nextAway = Math.min(2 * this.nextAway, AWAY_MAX);
  }
}
