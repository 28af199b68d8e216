/**
 * An engine whose changes are kept. A start loads the newest checkpoint and repeats what the log holds after it; from
 * then on every change goes to the log the moment it is made, and answers ask here when they may leave.
 */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CommittedChange, Engine } from '../engine.ts';
import { assert } from '../errors/assert.ts';
import { ERR } from '../errors/codes.ts';
import { storage as storageMsg, store as storeMsg } from '../errors/messages/store.ts';
import { QueryError } from '../errors/query-error.ts';
import { DamageError, StoreError } from '../errors/store-error.ts';
import { LOG_LEVEL } from '../host.ts';
import { takeSnapshot } from '../snapshot/take.ts';
import type { ScopeName } from '../system/scope.ts';
import type { ChangeLog, LogContents, LoggedChange } from './change-log.ts';
import { CHECKPOINTS, Checkpointer, type CheckpointOptions } from './checkpointer.ts';
import { Checkpoints, isCheckpoint, Undecided } from './checkpoints.ts';
import { DiskLog } from './disk-log.ts';
import type { FileSystem } from './file-system.ts';
import { lockDirectory, type Lock } from './lock.ts';
import { isLogFile, LogFiles, type LogFilesOptions } from './log-files.ts';
import { nodeFiles, nodeFilesHere } from './node-files.ts';
import { KEEP, Retention, type KeepOptions } from './retention.ts';
import { INLINE_SYNC_MS, SyncPlace } from './sync-place.ts';
import { nodeTimers, type Timers } from './timers.ts';

/** `strict`: an answer leaves when all that it has seen is durable; `relaxed`: at once, and a sync every 100 ms. */
export type Durability = 'strict' | 'relaxed';

export interface StoreOptions {
  readonly durability: Durability;
  /** What to do where no store is: make one with the state of a first start, or throw {@link NoStore}. */
  readonly create: boolean;
  /** How long after a failure to try again. Default a second. */
  readonly retryMs?: number;
  /** When a checkpoint is written. Default: with 16 MiB of log, if that is more than the last checkpoint. */
  readonly checkpoints?: Partial<CheckpointOptions>;
  /** What is kept behind the newest checkpoint. Default: nothing. */
  readonly keep?: Partial<KeepOptions>;
  readonly logFiles?: Partial<LogFilesOptions>;
  /** Milliseconds for which this thread may wait while what answers wait for becomes durable; see {@link SyncPlace}. 0: never. Default 0.5. */
  readonly inlineSyncMs?: number | undefined;
  readonly timers?: Timers;
  /** What changes go to, and are durable by, in the place of the log on disk, which it may use. */
  readonly through?: (log: ChangeLog) => ChangeLog;
}

const RELAXED_MS = 100;
const CLOSED = 'the store is closed';

/** Where log and checkpoints are, in the directory of a store; it may hold other things too, as modules. */
export const FILES = 'store';
/** The file of a layout that came before this one. */
const EARLIER_FILE = 'data.mdb';

/** Thrown when there is no store and none shall be made. */
export class NoStore extends StoreError {
  override name = 'NoStore';
}

/** Whether a directory holds a store. A start that was interrupted before its first change has left none. */
export function hasStore(directory: string): boolean {
  const files = join(directory, FILES);
  return existsSync(files) && readdirSync(files).some(name => isLogFile(name) || isCheckpoint(name) || name === EARLIER_FILE);
}

export class Store {
  /** Whether it was made just now. */
  readonly created: boolean;
  private readonly engine: Engine;
  private readonly log: ChangeLog;
  private readonly files: LogFiles;
  private readonly checkpoints: Checkpoints;
  private readonly checkpointer: Checkpointer;
  private readonly relaxed: boolean;
  private readonly stop: () => void;
  /** Ids of the last change of each scope that was made since the start, by what {@link CommittedChange.scope} has. */
  private readonly lastOf = new Map<number, number>();
  private lock: Lock | null = null;

  private constructor(engine: Engine, log: ChangeLog, files: LogFiles, checkpoints: Checkpoints, checkpointer: Checkpointer, relaxed: boolean, created: boolean) {
    this.engine = engine;
    this.log = log;
    this.files = files;
    this.checkpoints = checkpoints;
    this.checkpointer = checkpointer;
    this.relaxed = relaxed;
    this.created = created;
    this.stop = engine.onChange(change => {
      this.lastOf.set(change.scope, change.id);
      void log.append(change);
    });
  }

  /** Opens the store in a directory, which no other process may use meanwhile. Throws a {@link StoreError}. */
  static async open(engine: Engine, directory: string, options: StoreOptions): Promise<Store> {
    if (!options.create && !hasStore(directory)) throw new NoStore(storageMsg.noStore(directory));
    const lock = prepare(directory, text => engine.host.log(LOG_LEVEL.warning, text));
    try {
      if (existsSync(join(directory, FILES, EARLIER_FILE))) throw new StoreError(storageMsg.earlierLayout(directory, join(FILES, EARLIER_FILE)));
      const store = await Store.on(engine, filesFor(options, engine), join(directory, FILES), options);
      store.lock = lock;
      return store;
    } catch (e) {
      lock.release();
      if (e instanceof DamageError) throw new DamageError(storageMsg.whatHelps(e.message, directory), e.changeId);
      throw e instanceof StoreError ? e : new StoreError(`cannot open the store in \`${directory}\`: ${(e as Error).message}`);
    }
  }

  /** Removes the store in a directory, and nothing else. */
  static wipe(directory: string): void {
    const lock = prepare(directory, () => {});
    try {
      rmSync(join(directory, FILES), { recursive: true, force: true });
    } finally {
      lock.release();
    }
  }

  /**
   * Puts a snapshot, taken elsewhere after a change, in the place of the store in a directory, which no process may use
   * meanwhile. Throws a {@link StoreError}, with the store as it was, when the snapshot is not whole.
   */
  static async install(directory: string, changeId: number, snapshot: AsyncIterable<Uint8Array>): Promise<void> {
    const lock = prepare(directory, () => {});
    try {
      const files = join(directory, FILES);
      await nodeFiles.makeDirectory(files);
      await new Checkpoints(nodeFiles, files, nodeTimers).install(changeId, snapshot);
    } finally {
      lock.release();
    }
  }

  /** Opens the store whose files are in a directory of a file system. */
  static async on(engine: Engine, fs: FileSystem, directory: string, options: StoreOptions): Promise<Store> {
    const { durability, create, retryMs = 1000, timers = nodeTimers, through = log => log } = options;
    const relaxed = durability === 'relaxed';
    await fs.makeDirectory(directory);
    const files = new LogFiles(fs, directory, options.logFiles);
    const checkpoints = new Checkpoints(fs, directory, timers);
    const { node } = engine.host;
    const tellNode = (): void => {
      node.archivedInMemory = node.storedChangeId - checkpoints.newest;
      node.archiveFiles = files.count;
    };
    const onDurable = (id: number): void => {
      node.storedChangeId = id;
      tellNode();
      checkpointer.look();
    };
    const log = new DiskLog(files, { delayMs: relaxed ? RELAXED_MS : 0, retryMs, timers, now: engine.host.now, onDurable, ...reports(engine) });
    const kept = through(log);
    const durable = async (): Promise<void> => {
      await kept.pending;
      await log.pending;
    };
    const retention = new Retention(log, files, checkpoints, { ...KEEP, ...options.keep }, engine.host.now);
    const checkpointer = new Checkpointer(engine, log, files, checkpoints, retention, durable, { ...CHECKPOINTS, ...options.checkpoints }, tellNode);
    try {
      await checkpoints.open();
      const contents = await log.open();
      const empty = contents.last === 0 && checkpoints.ids.length === 0;
      if (empty && !create) throw new NoStore('the store is empty');
      checkpointer.since = await recover(engine, log, checkpoints, retention, contents);
      const store = new Store(engine, kept, files, checkpoints, checkpointer, relaxed, empty);
      if (empty) engine.init();
      else onDurable(engine.changeId);
      await log.pending;
      return store;
    } catch (e) {
      await log.close().catch(() => {});
      throw e;
    }
  }

  /** Keeps the state of an engine in a directory that holds no store yet. Throws a {@link StoreError}. */
  static async fill(engine: Engine, directory: string): Promise<void> {
    const lock = prepare(directory, text => engine.host.log(LOG_LEVEL.warning, text));
    try {
      if (hasStore(directory)) throw new StoreError(storageMsg.storeThere(directory));
      const files = join(directory, FILES);
      await nodeFiles.makeDirectory(files);
      await new Checkpoints(nodeFiles, files, nodeTimers).write(takeSnapshot(engine), () => Promise.resolve(), () => false);
    } finally {
      lock.release();
    }
  }

  /**
   * Puts the state of another engine in the place of what is kept, and of the engine's own, as the change after the last
   * one. Until then changes are refused, and reads see what was. A crash leaves the one state or the other: the checkpoint
   * of the new one decides. When this is broken, all is as it was.
   */
  async replace(other: Engine): Promise<void> {
    const { engine, log, checkpointer } = this;
    while (log.pending !== null) await log.pending;
    if (engine.storeFailure !== '') throw new StoreError(engine.storeFailure);
    const last = engine.changeId;
    other.system.changeId = last + 1;
    engine.storeFailure = storeMsg.replacing();
    try {
      await checkpointer.replace(other, () => assert(engine.changeId === last, 'no changes are made meanwhile'));
    } catch (e) {
      engine.storeFailure = e instanceof Undecided ? e.message : '';
      throw e;
    }
    engine.replaceState(other);
    engine.host.node.storedChangeId = last + 1;
    engine.storeFailure = '';
  }

  /**
   * The changes from one on, up to now, once they are durable. Throws a {@link StoreError} when the log does not go back so far.
   */
  async *changes(from: number): AsyncGenerator<readonly LoggedChange[], void, undefined> {
    await this.settled();
    const { first } = this.files;
    if (from < first) throw new StoreError(storageMsg.trimmed(from, first), from);
    // What puts another state in the place of all is no change of the log, but a checkpoint.
    yield* this.files.read(from, id => this.checkpoints.ids.includes(id));
  }

  /** Writes a checkpoint now, whatever has been written since the last one. Broken when that fails. */
  checkpoint(): Promise<void> {
    return this.checkpointer.write();
  }

  /**
   * Null when all that was done so far is durable, or, of a collection, all that its queries can see; else a promise of that
   * moment. While changes cannot be stored none are made, and reads go on: they see the last ones that could not be stored,
   * whose makers were told.
   */
  durable(scope: ScopeName | null = null): Promise<void> | null {
    const pending = this.relaxed || this.engine.storeFailure !== '' ? null : this.log.pending;
    return pending === null || (scope !== null && this.isDurable(scope)) ? null : pending;
  }

  private isDurable(scope: ScopeName): boolean {
    if (scope.kind !== 'collection') return false;
    const { host, system } = this.engine;
    const collection = system.collectionsByName.get(scope.name);
    const last = (id: number): number => this.lastOf.get(id) ?? 0;
    return collection !== undefined && Math.max(last(0), last(collection.id)) <= host.node.storedChangeId;
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
      await this.checkpointer.stop();
      await this.log.close();
    } finally {
      this.engine.storeFailure = CLOSED;
      this.lock?.release();
    }
  }
}

/** Where no answer waits for the disk of this machine, as in a cluster, this thread need not either. */
function filesFor({ durability, through, inlineSyncMs = INLINE_SYNC_MS }: StoreOptions, { host }: Engine): FileSystem {
  if (durability === 'relaxed' || through !== undefined) return nodeFiles;
  return nodeFilesHere(new SyncPlace({ quickMs: inlineSyncMs, now: () => host.monotonic() }));
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
function reports(engine: Engine): { onFailure(error: Error | null): void; explain(error: Error): unknown } {
  const { host } = engine;
  return {
    onFailure(error) {
      engine.storeFailure = error?.message ?? '';
      if (error === null) host.log(LOG_LEVEL.warning, 'changes can be stored again');
      else host.log(LOG_LEVEL.critical, `changes cannot be stored (${error.message}); they are refused until they can, reads go on`);
    },
    explain: error => new QueryError(ERR.internal, storeMsg.notStored(error.message)),
  };
}

/** A load that takes longer than this shows how far it is, each time it has passed again. */
const PROGRESS_MS = 1000;

/**
 * Brings an engine that has just been made to the state that the newest good checkpoint and the log hold. Gives when the
 * first change after that checkpoint was made; null when there is none.
 */
async function recover(engine: Engine, log: DiskLog, checkpoints: Checkpoints, retention: Retention, contents: LogContents): Promise<number | null> {
  const { host } = engine;
  const { last, cut } = contents;
  if (cut.length > 0) {
    host.log(LOG_LEVEL.warning,
      `cut off ${cut.length === 1 ? `change ${cut[0]}` : `changes ${cut[0]} to ${cut.at(-1)}`} at the end of the store: not written whole when the last process ended`);
  }
  const started = host.monotonic();
  const shown = progress(engine);
  const checkpoint = await newestGood(engine, checkpoints, contents);
  if (checkpoint > 0) {
    await checkpoints.load(checkpoint, engine, ({ things, of }) => shown(things, of, 'things'));
    // What is before it may still be there.
    await retention.apply(checkpoint);
  }
  let since: number | null = null;
  if (last > checkpoint) {
    for await (const changes of log.read(checkpoint + 1)) {
      since ??= changes[0]?.time ?? null;
      for (const change of changes) repeat(engine, change);
      shown(engine.changeId - checkpoint, last - checkpoint, 'changes');
    }
  }
  if (engine.changeId === 0) return null;
  const seconds = ((host.monotonic() - started) / 1000).toFixed(2);
  const from = checkpoint > 0 ? `the checkpoint of change ${checkpoint} and ` : '';
  host.log(LOG_LEVEL.info, `loaded ${from}${Math.max(0, last - checkpoint)} changes in ${seconds} s`);
  return since;
}

/**
 * Id of the newest checkpoint that is as it was written, from which the log goes on to where it should; 0 to begin with
 * the log alone. Throws a {@link DamageError} when neither is possible.
 */
async function newestGood(engine: Engine, checkpoints: Checkpoints, { first, last }: LogContents): Promise<number> {
  const { ids, newest } = checkpoints;
  for (let i = ids.length - 1; i >= 0; i--) {
    const id = ids[i]!;
    try {
      await checkpoints.verify(id);
      if (id < newest) engine.host.log(LOG_LEVEL.warning, storageMsg.olderCheckpoint(id));
      return id;
    } catch (e) {
      const before = ids[i - 1] ?? 0;
      const error = new DamageError(storageMsg.checkpointDamaged(checkpoints.path(id), (e as Error).message), id);
      // All that it held must be in the log.
      if (first === 0 || first > before + 1 || last < newest) throw error;
      engine.host.log(LOG_LEVEL.error, error.message);
    }
  }
  if (first > 1) throw new DamageError(storageMsg.noStateBefore(first), first);
  return 0;
}

/** Shows how far a load is, each time that so many milliseconds have passed. */
function progress({ host }: Engine): (done: number, all: number, what: string) => void {
  let shown = host.monotonic();
  return (done, all, what) => {
    if (host.monotonic() - shown < PROGRESS_MS) return;
    shown = host.monotonic();
    host.log(LOG_LEVEL.warning, `loading: ${done} of ${all} ${what} (${Math.floor((done / all) * 100)}%)`);
  };
}

/** Repeats a change of the log. */
export function repeat(engine: Engine, change: CommittedChange): void {
  try {
    engine.apply(change);
  } catch (e) {
    throw new DamageError(`change ${change.id} cannot be repeated: ${(e as Error).message}`, change.id);
  }
}
