/**
 * The log as its leader writes it: changes gather in an entry, which is written when the one before it is there, so
 * that the time of one commit does not limit the number of changes. Each commit asks that the leader's key still is the
 * one that it has put: who was deposed writes nothing, however late it notices. A commit whose answer was lost is
 * asked again until it is known whether it was done.
 */
import { assert } from '../errors/assert.ts';
import type { CommittedChange } from '../engine.ts';
import { pause, type Clock } from './clock.ts';
import { only, startingWith, type Coordinator } from './coordinator.ts';
import { EntryWriter, ROOM_EVENT, logKey, type EntryKey, type Origin } from './entry.ts';

export interface WriterOptions {
  readonly coordinator: Coordinator;
  readonly clock: Clock;
  /** Before all keys. */
  readonly prefix: string;
  readonly leaderKey: string;
  /** Revision at which the leader's key was put. */
  readonly term: number;
  /** Milliseconds before a commit of unknown outcome is asked again. */
  readonly retryMs: number;
  /** Where the first entry goes. */
  readonly firstKey: EntryKey;
  /** Told the key of an entry that is there for good, and what is in it. */
  written(key: string, items: readonly CommittedChange[]): void;
  /** Another one leads: what waits will never be written; or, when it is `trimmed`, that cannot be told any more. */
  deposed(why: Exclude<Outcome, 'there'>): void;
}

/** What became of an entry. Of one that the log was trimmed beyond it is not known whether it was ever there. */
type Outcome = 'there' | 'absent' | 'trimmed';

export class Writer {
  private readonly options: WriterOptions;
  /** Oldest first; the first one is being written. */
  private readonly entries: Pending[] = [];
  private writing = false;
  private scheduled = false;
  private stopped = false;
  private next: EntryKey;

  constructor(options: WriterOptions) {
    this.options = options;
    this.next = options.firstKey;
  }

  /** Of the last item that was taken; null when all are written. */
  get pending(): Promise<void> | null {
    return this.entries.at(-1)?.done ?? null;
  }

  /** Takes a change, or an event of a room. */
  append(item: CommittedChange, origin: Origin | null): Promise<void> {
    assert(!this.stopped, 'who was deposed makes no changes');
    let entry = this.entries.at(-1);
    if (entry === undefined || entry.closed || entry.writer.full) this.entries.push((entry = new Pending()));
    entry.writer.add(item, origin);
    this.schedule();
    return entry.done;
  }

  /** Breaks what waits. */
  stop(why: unknown): void {
    this.stopped = true;
    for (const { reject } of this.entries.splice(0)) reject(why);
  }

  private schedule(): void {
    if (this.scheduled || this.writing) return;
    this.scheduled = true;
    // Whatever else this turn brings shares the entry.
    this.options.clock.after(0, () => {
      this.scheduled = false;
      void this.writeAll();
    });
  }

  private async writeAll(): Promise<void> {
    this.writing = true;
    while (this.entries.length > 0 && !this.stopped) {
      const entry = this.entries[0]!;
      entry.closed = true;
      const key = this.next;
      const outcome = await this.write(key, entry.writer);
      if (this.stopped) break;
      if (outcome !== 'there') {
        this.options.deposed(outcome);
        break;
      }
      this.entries.shift();
      const { items } = entry.writer;
      const changes = items.filter(({ scope }) => scope !== ROOM_EVENT).length;
      this.next = changes === 0 ? { ...key, number: key.number + 1 } : { first: key.first + changes, number: 0, part: 0 };
      this.options.written(logKey(key), items);
      entry.resolve();
    }
    this.writing = false;
  }

  private async write(key: EntryKey, entry: EntryWriter): Promise<Outcome> {
    const { prefix, term } = this.options;
    for (const [part, value] of entry.parts(term).entries()) {
      const outcome = await this.put(prefix + logKey({ ...key, part }), value);
      if (outcome !== 'there') return outcome;
    }
    return 'there';
  }

  private async put(key: string, value: Uint8Array): Promise<Outcome> {
    const { coordinator, clock, prefix, leaderKey, term, retryMs } = this.options;
    while (!this.stopped) {
      try {
        const { done } = await coordinator.commit([{ key: leaderKey, created: term }, { key, created: 0 }], [{ put: key, value }]);
        if (done) return 'there';
        // Either an earlier try was done, or another one leads, and then no later try can be.
        const { pairs: [found] } = await coordinator.read(only(key));
        if (found !== undefined) return same(found.value, value) ? 'there' : 'absent';
        const { pairs: [first] } = await coordinator.read({ ...startingWith(`${prefix}log/`), limit: 1, keysOnly: true });
        return first !== undefined && first.key > key ? 'trimmed' : 'absent';
      } catch {
        await pause(clock, retryMs);
      }
    }
    return 'absent';
  }
}

class Pending {
  readonly writer = new EntryWriter();
  readonly done: Promise<void>;
  /** It is being written: no more go in. */
  closed = false;
  resolve!: () => void;
  reject!: (why: unknown) => void;

  constructor() {
    this.done = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Not everyone who appends waits.
    this.done.catch(() => {});
  }
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
