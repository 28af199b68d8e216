/**
 * Where a write is made durable: on this thread, which waits for the disk, or on another one.
 *
 * To hand a write to another thread and to hear of its end takes longer than a good disk takes to sync, and while a change
 * is being synced no answer leaves anyway. So small writes are made here for as long as the disk is quick, and has nothing else to
 * do for the store. When the last ones were not quick the next ones go to the other thread: 16 at first, twice as many each time, so that
 * a slow disk is hardly ever waited for.
 */

/** Milliseconds that syncs may take on the average to be made on this thread, unless something else is asked for. */
export const INLINE_SYNC_MS = 0.5;

/** Bytes beyond which a write takes a while on any disk. */
const LARGE = 1 << 13;
/** How much the last write counts in the mean. */
const WEIGHT = 1 / 8;
/** A write counts as no slower than so many times what is quick: a single one that is very slow is enough to leave this thread. */
const SLOWEST = 2 / WEIGHT;
/** How many writes go elsewhere when those here were slow, at least and at most. */
const AWAY_MIN = 16;
const AWAY_MAX = 4096;
/** So many writes here, before they are slow again, make up for those before. */
const FORGIVEN = 64;

export interface SyncPlaceOptions {
  /** Milliseconds that quick writes take at most, on the average; 0 sends all to the other thread. */
  readonly quickMs: number;
  /** Milliseconds since any moment. */
  now(): number;
}

export class SyncPlace {
  private readonly options: SyncPlaceOptions;
  /** Milliseconds that writes here take, on the average; the last ones count most. */
  private mean = 0;
  /** Writes made here since the last one that went elsewhere. */
  private made = 0;
  /** Writes that are still to go elsewhere, and how many will when those here are slow again. */
  private away = 0;
  private nextAway = AWAY_MIN;
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
    const { now } = this.options;
    const started = now();
    try {
      write();
    } finally {
      this.took(now() - started);
    }
  }

  private took(ms: number): void {
    const { quickMs } = this.options;
    this.mean += WEIGHT * (Math.min(ms, SLOWEST * quickMs) - this.mean);
    if (++this.made === FORGIVEN) this.nextAway = AWAY_MIN;
    if (this.mean <= quickMs) return;
    this.away = this.nextAway;
    this.nextAway = Math.min(2 * this.nextAway, AWAY_MAX);
    this.made = 0;
    this.mean = 0;
  }
}
