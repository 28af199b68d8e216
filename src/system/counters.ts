import { Histogram } from './histogram.ts';

/** Bounds of the classes of durations, in milliseconds. */
const DURATIONS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];

/** What a node counts, for `counters()` and metrics. Not replicated: each node has its own. */
export class Counters {
  queriesSuccess = 0;
  queriesWithError = 0;
  tasksSuccess = 0;
  tasksWithError = 0;
  changesWithGap = 0;
  changesSkipped = 0;
  changesFailed = 0;
  changesKilled = 0;
  changesCommitted = 0;
  changesUnaligned = 0;
  /** Things of rings, also those of changes that were repeated. */
  garbageCollected = 0;
  quorumLost = 0;
  queriesFromCache = 0;
  /** Queries whose text was not kept, and had to be read. */
  queriesRead = 0;
  /** Queries that were kept by text and dropped again without having been asked for. */
  wastedCache = 0;
  /** Durations are in milliseconds. */
  longestQuery = 0;
  longestChange = 0;
  largestResult = 0;
  startedAt: number;
  /** How long queries took, those that failed too. */
  readonly queryDurations = new Histogram(DURATIONS);
  /** Queries that failed, by the code of their error. */
  readonly errors = new Map<number, number>();
  private queryTime = 0;
  private changeTime = 0;

  /** `now` in UNIX seconds. */
  constructor(now: number) {
    this.startedAt = Math.floor(now);
  }

  reset(now: number): void {
    Object.assign(this, new Counters(now));
  }

  /** A query or the run of a procedure that went well. */
  query(milliseconds: number): void {
    this.queriesSuccess++;
    this.queryTime += milliseconds;
    this.queryDurations.add(milliseconds);
    if (milliseconds > this.longestQuery) this.longestQuery = milliseconds;
  }

  /** One that failed. */
  failure(code: number, milliseconds: number): void {
    this.queriesWithError++;
    this.queryDurations.add(milliseconds);
    this.errors.set(code, (this.errors.get(code) ?? 0) + 1);
  }

  change(milliseconds: number): void {
    this.changesCommitted++;
    this.changeTime += milliseconds;
    if (milliseconds > this.longestChange) this.longestChange = milliseconds;
  }

  result(bytes: number): void {
    if (bytes > this.largestResult) this.largestResult = bytes;
  }

  get averageQuery(): number {
    return this.queriesSuccess === 0 ? 0 : this.queryTime / this.queriesSuccess;
  }

  get averageChange(): number {
    return this.changesCommitted === 0 ? 0 : this.changeTime / this.changesCommitted;
  }
}
