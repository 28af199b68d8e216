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
  garbageCollected = 0;
  quorumLost = 0;
  queriesFromCache = 0;
  /** Queries that were kept by text and dropped again without having been asked for. */
  wastedCache = 0;
  /** Durations are in milliseconds. */
  longestQuery = 0;
  longestChange = 0;
  largestResult = 0;
  startedAt: number;
  private queryTime = 0;
  private changeTime = 0;

  /** `now` in UNIX seconds. */
  constructor(now: number) {
    this.startedAt = Math.floor(now);
  }

  reset(now: number): void {
    Object.assign(this, new Counters(now));
  }

  /** A query or the run of a procedure, successful ones with their duration. */
  query(milliseconds: number): void {
    this.queriesSuccess++;
    this.queryTime += milliseconds;
    if (milliseconds > this.longestQuery) this.longestQuery = milliseconds;
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
