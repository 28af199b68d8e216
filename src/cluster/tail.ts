/**
 * The end of the log as this node has it: takes parts of entries in the order of their keys, sees to it that no
 * change is missing or comes twice, and repeats the changes in the engine, a few milliseconds at a time.
 */
import type { CommittedChange, Engine } from '../engine.ts';
import { StoreError } from '../errors/store-error.ts';
import type { Clock } from './clock.ts';
import { EntryReader, ROOM_EVENT, logKey, parseLogKey, type EntryKey, type Origin } from './entry.ts';

/** Milliseconds of repeating changes before others have their turn. */
const SLICE_MS = 8;
/** Changes between two looks at the clock. */
const LOOK = 32;

export class Tail {
  /** True while the engine repeats a change, as against making one. */
  repeating = false;
  private readonly engine: Engine;
  private readonly clock: Clock;
  private readonly told: Told;
  private readonly reader = new EntryReader();
  /** Changes and events of rooms. */
  private queue: CommittedChange[] = [];
  private next = 0;
  /** The key of the last whole entry that was taken or written here. */
  private taken = '';
  private scheduled = false;
  /** Why it has ended. */
  private stopped: unknown = null;
  private waiting: Waiting[] = [];

  constructor(engine: Engine, clock: Clock, told: Told) {
    this.engine = engine;
    this.clock = clock;
    this.told = told;
  }

  /** Id of the last change that was taken, repeated or still to be. */
  get last(): number {
    // That of an event is the id of the change before it.
    return this.queue.at(-1)?.id ?? this.engine.changeId;
  }

  get drained(): boolean {
    return this.next === this.queue.length;
  }

  /** Takes one part. False: changes before it are missing. Throws a {@link StoreError} when it is damaged. */
  take(key: string, value: Uint8Array): boolean {
    const at = parseLogKey(key);
    const { last } = this;
    if (at.first > last + 1) return false;
    const whole = logKey({ ...at, part: 0 });
    // An entry in several parts holds one change.
    if (whole <= this.taken || (at.part > 0 && at.first <= last)) return true;
    const entry = this.reader.take(at, value);
    if (entry === null) return true;
    this.taken = whole;
    for (const item of entry.items) {
      // Those that this node had before, from its disk.
      if (item.scope === ROOM_EVENT ? item.id < last : item.id <= last) continue;
      this.queue.push(item);
      const origin = entry.origins.get(item.id);
      if (origin !== undefined) this.told.origin(item.id, origin);
    }
    this.schedule();
    return true;
  }

  /** Whether all that stands up to a key was taken. */
  has(key: string): boolean {
    return key === '' || logKey({ ...parseLogKey(key), part: 0 }) <= this.taken || parseLogKey(key).first <= this.last;
  }

  /** Where the next entry goes that this node writes. */
  get nextKey(): EntryKey {
    const { first, number } = this.taken === '' ? { first: 0, number: 0 } : parseLogKey(this.taken);
    const next = this.last + 1;
    return { first: next, number: first === next ? number + 1 : 0, part: 0 };
  }

  /** Passes over an entry that this node has written. */
  wrote(key: string): void {
    if (key > this.taken) this.taken = key;
  }

  /** Resolves when the engine has come to a change. */
  reached(id: number): Promise<void> {
    if (this.stopped !== null) return Promise.reject(this.stopped);
    if (this.engine.changeId >= id) return Promise.resolve();
    return new Promise((resolve, reject) => void this.waiting.push({ id, resolve, reject }));
  }

  private wake(): void {
    const { changeId } = this.engine;
    const ready = this.waiting.filter(({ id }) => id <= changeId);
    if (ready.length === 0) return;
    this.waiting = this.waiting.filter(({ id }) => id > changeId);
    for (const { resolve } of ready) resolve();
  }

  stop(why: unknown): void {
    this.stopped = why;
    for (const { reject } of this.waiting.splice(0)) reject(why);
  }

  private schedule(): void {
    if (this.scheduled || this.drained) return;
    this.scheduled = true;
    this.clock.after(0, () => {
      this.scheduled = false;
      if (this.stopped === null) this.repeatSome();
    });
  }

  private repeatSome(): void {
    const { engine, clock } = this;
    const { counters } = engine.host.node;
    const end = clock.now() + SLICE_MS;
    try {
      this.repeating = true;
      while (this.next < this.queue.length) {
        const change = this.queue[this.next++]!;
        if (change.scope === ROOM_EVENT) {
          this.told.event(change.events);
          continue;
        }
        if (change.id !== engine.changeId + 1) throw new StoreError(`change ${change.id} follows change ${engine.changeId}`, change.id);
        engine.apply(change);
        counters.change(0);
        if (this.next % LOOK === 0 && clock.now() >= end) break;
      }
    } catch (e) {
      this.told.failed(e instanceof StoreError ? e : new StoreError(`change ${engine.changeId + 1} cannot be repeated: ${(e as Error).message}`, engine.changeId + 1));
      return;
    } finally {
      this.repeating = false;
    }
    if (this.drained) {
      this.queue = [];
      this.next = 0;
    }
    if (this.waiting.length > 0) this.wake();
    this.schedule();
  }
}

interface Told {
  /** Of an event of a room, at its place in the order of changes. */
  event(packed: Uint8Array): void;
  /** Of each change that a request of a node brought. */
  origin(change: number, origin: Origin): void;
  /** Why no more changes can be repeated. */
  failed(error: Error): void;
}

interface Waiting {
  readonly id: number;
  readonly resolve: () => void;
  readonly reject: (why: unknown) => void;
}
