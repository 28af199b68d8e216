/** A {@link Coordinator} in memory, with the behaviour of etcd. It has no timer: who has one calls {@link expire}. */
import type { CommitResult, Condition, Coordinator, Operation, Pair, Range, ReadResult, WatchEvent, Watcher } from './coordinator.ts';

interface Kept extends Pair {
  readonly lease: string | null;
}

interface Watch {
  readonly range: Range;
  readonly watcher: Watcher;
}

interface Past {
  readonly revision: number;
  readonly events: readonly WatchEvent[];
}

export class MemoryCoordinator implements Coordinator {
  private readonly now: () => number;
  private readonly pairs = new Map<string, Kept>();
  /** When each lease ends, and how long it lasts. */
  private readonly leases = new Map<string, { end: number; readonly milliseconds: number }>();
  private readonly watches = new Set<Watch>();
  private past: Past[] = [];
  private revision = 1;
  private compacted = 0;
  private lastLease = 0;

  /** `now` gives milliseconds. */
  constructor(now: () => number) {
    this.now = now;
  }

  async read(range: Range): Promise<ReadResult> {
    const keys = [...this.pairs.keys()].filter(key => within(range, key)).sort();
    if (range.descending === true) keys.reverse();
    const pairs = keys.slice(0, range.limit).map(key => this.pairs.get(key)!);
    return { pairs: range.keysOnly === true ? pairs.map(pair => ({ ...pair, value: NOTHING })) : pairs, revision: this.revision };
  }

  async commit(when: readonly Condition[], then: readonly Operation[]): Promise<CommitResult> {
    this.expire();
    const done = when.every(({ key, created }) => (this.pairs.get(key)?.created ?? 0) === created);
    if (done) this.do(then);
    return { done, revision: this.revision };
  }

  watch(range: Range, revision: number, watcher: Watcher): () => void {
    const watch = { range, watcher };
    if (revision <= this.compacted) {
      watcher.lost(new Error('the revision is forgotten'));
      return () => {};
    }
    this.watches.add(watch);
    for (const past of this.past) if (past.revision >= revision) tell(watch, past);
    return () => this.watches.delete(watch);
  }

  async grant(seconds: number): Promise<string> {
    const lease = String(++this.lastLease);
    this.leases.set(lease, { end: this.now() + seconds * 1000, milliseconds: seconds * 1000 });
    return lease;
  }

  async refresh(id: string): Promise<boolean> {
    this.expire();
    const lease = this.leases.get(id);
    if (lease !== undefined) lease.end = this.now() + lease.milliseconds;
    return lease !== undefined;
  }

  async compact(revision: number): Promise<void> {
    this.compacted = Math.max(this.compacted, revision);
    this.past = this.past.filter(past => past.revision > revision);
  }

  /** Ends the leases whose time is over. */
  expire(): void {
    for (const [id, { end }] of this.leases) {
      if (end > this.now()) continue;
      this.leases.delete(id);
      this.do([...this.pairs.values()].filter(({ lease }) => lease === id).map(({ key }) => ({ remove: key })));
    }
  }

  private do(operations: readonly Operation[]): void {
    const revision = this.revision + 1;
    const events: WatchEvent[] = [];
    for (const operation of operations) {
      if ('put' in operation) {
        const { put: key, value, lease = null } = operation;
        if (lease !== null && !this.leases.has(lease)) throw new Error(`there is no lease ${lease}`);
        const created = this.pairs.get(key)?.created ?? revision;
        this.pairs.set(key, { key, value, created, lease });
        events.push({ key, value, created });
        continue;
      }
      const { remove: from, to = `${from}\0` } = operation;
      for (const key of [...this.pairs.keys()].sort()) {
        if (!within({ from, to }, key)) continue;
        this.pairs.delete(key);
        events.push({ key, value: null, created: 0 });
      }
    }
    if (events.length === 0) return;
    this.revision = revision;
    const past = { revision, events };
    this.past.push(past);
    for (const watch of [...this.watches]) tell(watch, past);
  }
}

const NOTHING = new Uint8Array(0);

function within({ from, to }: Range, key: string): boolean {
  return key >= from && key < to;
}

function tell({ range, watcher }: Watch, { revision, events }: Past): void {
  const inside = events.filter(({ key }) => within(range, key));
  if (inside.length > 0) watcher.changed(inside, revision);
}
