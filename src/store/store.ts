/**
 * An engine whose changes are kept. A start repeats what the log holds; from then on every change goes to the log
 * the moment it is made, and answers ask here when they may leave.
 */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CommittedChange, Engine } from '../engine.ts';
import { ERR } from '../errors/codes.ts';
import { store as storeMsg } from '../errors/messages/store.ts';
import { QueryError } from '../errors/query-error.ts';
import { StoreError } from '../errors/store-error.ts';
import { LOG_LEVEL } from '../host.ts';
import type { ChangeLog, LogContents } from './change-log.ts';
import type { Disk } from './disk.ts';
import { DiskLog } from './disk-log.ts';
import { LMDB_FILE, LmdbDisk } from './lmdb.ts';
import { lockDirectory, type Lock } from './lock.ts';

/** `strict`: an answer leaves when all that it has seen is durable; `relaxed`: at once, and a sync every 100 ms. */
export type Durability = 'strict' | 'relaxed';

export interface StoreOptions {
  readonly durability: Durability;
  /** What to do where no store is: make one with the state of a first start, or throw {@link NoStore}. */
  readonly create: boolean;
  /** How long after a failure to try again. Default a second. */
  readonly retryMs?: number;
}

const RELAXED_MS = 100;
const CLOSED = 'the store is closed';

/** Where the records are, in the directory of a store; it may hold other things too, as modules. */
const RECORDS = 'store';

/** Thrown when there is no store and none shall be made. */
export class NoStore extends StoreError {
  override name = 'NoStore';
}

/** Whether a directory holds a store. A start that was interrupted before its first change has left none. */
export function hasStore(directory: string): boolean {
  return existsSync(join(directory, RECORDS, LMDB_FILE));
}

export class Store {
  /** Whether it was made just now. */
  readonly created: boolean;
  private readonly engine: Engine;
  private readonly log: ChangeLog;
  private readonly relaxed: boolean;
  private readonly stop: () => void;
  private lock: Lock | null = null;

  private constructor(engine: Engine, log: ChangeLog, relaxed: boolean, created: boolean) {
    this.engine = engine;
    this.log = log;
    this.relaxed = relaxed;
    this.created = created;
    this.stop = engine.onChange(change => void log.append(change));
  }

  /** Opens the store in a directory, which no other process may use meanwhile. Throws a {@link StoreError}. */
  static async open(engine: Engine, directory: string, options: StoreOptions): Promise<Store> {
    if (!options.create && !hasStore(directory)) throw new NoStore(`there is no store in \`${directory}\``);
    const lock = prepare(directory, text => engine.host.log(LOG_LEVEL.warning, text));
    try {
      const store = await Store.on(engine, new LmdbDisk(join(directory, RECORDS)), options);
      store.lock = lock;
      return store;
    } catch (e) {
      lock.release();
      throw e instanceof StoreError ? e : new StoreError(`cannot open the store in \`${directory}\`: ${(e as Error).message}`);
    }
  }

  /** Removes the store in a directory, and nothing else. */
  static wipe(directory: string): void {
    const lock = prepare(directory, () => {});
    try {
      rmSync(join(directory, RECORDS), { recursive: true, force: true });
    } finally {
      lock.release();
    }
  }

  /** Opens the store on a disk. */
  static async on(engine: Engine, disk: Disk, { durability, create, retryMs = 1000 }: StoreOptions): Promise<Store> {
    const relaxed = durability === 'relaxed';
    const log = new DiskLog(disk, { delayMs: relaxed ? RELAXED_MS : 0, retryMs, ...reports(engine) });
    try {
      const contents = await log.open();
      if (contents.last === 0 && !create) throw new NoStore('the store is empty');
      await recover(engine, log, contents);
      const store = new Store(engine, log, relaxed, contents.last === 0);
      if (store.created) {
        engine.init();
        await log.pending;
      }
      return store;
    } catch (e) {
      await log.close().catch(() => {});
      throw e;
    }
  }

  /**
   * Null when all that was done so far is durable; else a promise of that moment. While changes cannot be stored
   * none are made, and reads go on: they see the last ones that could not be stored, whose makers were told.
   */
  durable(): Promise<void> | null {
    return this.relaxed || this.engine.storeFailure !== '' ? null : this.log.pending;
  }

  /** Kept when all that was done so far is durable, or could not be stored. */
  async settled(): Promise<void> {
    await this.log.pending?.catch(() => {});
  }

  /** Throws a {@link StoreError} when there are changes that cannot be stored: they are lost now. */
  async close(): Promise<void> {
    this.stop();
    this.engine.storeFailure = CLOSED;
    try {
      await this.log.close();
    } finally {
      this.engine.storeFailure = CLOSED;
      this.lock?.release();
    }
  }
}

/** Makes a directory and locks it. */
function prepare(directory: string, warn: (text: string) => void): Lock {
  try {
    mkdirSync(directory, { recursive: true });
    return lockDirectory(directory, warn);
  } catch (e) {
    throw e instanceof StoreError ? e : new StoreError(`cannot use \`${directory}\`: ${(e as Error).message}`);
  }
}

/** What becomes of the log's news: the engine refuses changes while they cannot be stored, and the node's log tells. */
function reports(engine: Engine): { onFailure(error: Error | null): void; onDurable(id: number): void; explain(error: Error): unknown } {
  const { host } = engine;
  return {
    onFailure(error) {
      engine.storeFailure = error?.message ?? '';
      if (error === null) host.log(LOG_LEVEL.warning, 'changes can be stored again');
      else host.log(LOG_LEVEL.critical, `changes cannot be stored (${error.message}); they are refused until they can, reads go on`);
    },
    onDurable(id) {
      host.node.storedChangeId = id;
    },
    explain: error => new QueryError(ERR.internal, storeMsg.notStored(error.message)),
  };
}

/** A load that takes longer than this shows how far it is, each time it has passed again. */
const PROGRESS_MS = 1000;

/** Brings an engine that has just been made to the state that a log holds. */
export async function recover(engine: Engine, log: ChangeLog, { first, last, cut, snapshot }: LogContents): Promise<void> {
  const { host } = engine;
  const from = (snapshot?.changeId ?? 0) + 1;
  if (cut.length > 0) {
    host.log(LOG_LEVEL.warning,
      `cut off ${cut.length === 1 ? `change ${cut[0]}` : `changes ${cut[0]} to ${cut.at(-1)}`} at the end of the store: not written whole when the last process ended`);
  }
  if (last === 0) return;
  if (first > from) throw new StoreError(`the store begins with change ${first}, but nothing holds the state before it`, first);
  const started = host.monotonic();
  let shown = started;
  for await (const changes of log.read(from)) {
    for (const change of changes) repeat(engine, change);
    if (host.monotonic() - shown >= PROGRESS_MS) {
      shown = host.monotonic();
      const done = engine.changeId - from + 1;
      const all = last - from + 1;
      host.log(LOG_LEVEL.warning, `loading: ${done} of ${all} changes (${Math.floor((done / all) * 100)}%)`);
    }
  }
  host.node.storedChangeId = last;
  host.log(LOG_LEVEL.info, `loaded ${last - from + 1} changes in ${((host.monotonic() - started) / 1000).toFixed(2)} s`);
}

function repeat(engine: Engine, change: CommittedChange): void {
  try {
    engine.apply(change);
  } catch (e) {
    throw new StoreError(`change ${change.id} cannot be repeated: ${(e as Error).message}`, change.id);
  }
}
