/**
 * Parsed queries by their text: reading a query costs far more than most take to run. Bounded by number and by the length
 * of all texts together, the longest unused goes first; what nobody asks for within a time goes too.
 *
 * A query is kept when its text comes for the second time. Where each has its own text the tree of none outlives its run,
 * which is what makes it cheap: what is kept for a while the garbage collector copies twice.
 */
import type { FunctionCode } from './code.ts';

export interface QueryCacheLimits {
  /** 0: none is kept. */
  readonly cachedQueries: number;
  /** Characters of all texts together. */
  readonly cachedQueryChars: number;
  /** Shorter texts are not kept, in characters. */
  readonly cachedQueryMin: number;
  /** Milliseconds that an entry stays without being asked for. */
  readonly cachedQueryMilliseconds: number;
}

interface Entry {
  readonly code: FunctionCode;
  /** By the clock of {@link QueryCache.expire}, so that a hit need not read one. */
  usedAt: number;
  hit: boolean;
}

export class QueryCache {
  private readonly limits: QueryCacheLimits;
  /** The newest entry is the last: a Map keeps the order of insertion. */
  private readonly entries = new Map<string, Entry>();
  /** Texts that came once. */
  private readonly once = new Set<string>();
  private now = 0;
  private chars = 0;
  private onceChars = 0;
  private readonly wasted: () => void;

  /** `wasted` is called for each entry that is dropped without having been asked for. */
  constructor(limits: QueryCacheLimits, wasted: () => void) {
    this.limits = limits;
    this.wasted = wasted;
  }

  get size(): number {
    return this.entries.size;
  }

  get(text: string): FunctionCode | null {
    const entry = this.entries.get(text);
    if (entry === undefined) return null;
    this.entries.delete(text);
    this.entries.set(text, entry);
    entry.usedAt = this.now;
    entry.hit = true;
    return entry.code;
  }

  /** To be told of a text that is not there yet; keeps it the second time. */
  add(text: string, code: FunctionCode): void {
    const { cachedQueries, cachedQueryChars, cachedQueryMin } = this.limits;
    if (cachedQueries === 0 || text.length < cachedQueryMin || text.length > cachedQueryChars) return;
    if (!this.forget(text)) {
      this.remember(text);
      return;
    }
    this.entries.set(text, { code, usedAt: this.now, hit: false });
    this.chars += text.length;
    while (this.entries.size > cachedQueries || this.chars > cachedQueryChars) this.drop(this.entries.entries().next().value!);
  }

  /** Drops what has not been asked for. To be called now and then, with a clock in milliseconds. */
  expire(now: number): void {
    this.now = now;
    for (const oldest of this.entries) {
      if (now - oldest[1].usedAt <= this.limits.cachedQueryMilliseconds) return;
      this.drop(oldest);
    }
  }

  private remember(text: string): void {
    const { cachedQueries, cachedQueryChars } = this.limits;
    this.once.add(text);
    this.onceChars += text.length;
    while (this.once.size > cachedQueries || this.onceChars > cachedQueryChars) this.forget(this.once.keys().next().value!);
  }

  private forget(text: string): boolean {
    if (!this.once.delete(text)) return false;
    this.onceChars -= text.length;
    return true;
  }

  private drop([text, { hit }]: [string, Entry]): void {
    this.entries.delete(text);
    this.chars -= text.length;
    if (!hit) this.wasted();
  }
}
