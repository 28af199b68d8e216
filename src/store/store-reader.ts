/** The files of a store: only looked at, nothing is repaired or cut off. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Engine } from '../engine.ts';
import { storage as msg } from '../errors/messages/store.ts';
import { StoreError } from '../errors/store-error.ts';
import { nodeHost } from '../node/host.ts';
import type { LoadProgress } from '../snapshot/load.ts';
import type { LogContents, LoggedChange } from './change-log.ts';
import { Checkpoints } from './checkpoints.ts';
import type { File, FileSystem } from './file-system.ts';
import { lockDirectory, type Lock } from './lock.ts';
import { LogFiles } from './log-files.ts';
import { nodeFiles } from './node-files.ts';
import { FILES, hasStore, repeat } from './store.ts';
import { nodeTimers } from './timers.ts';

/** How often finding the files of a store is tried that a process is changing. */
const TRIES = 5;

export class StoreReader {
  /** Ids of the changes after which there is a checkpoint, ascending. Whether it is good is another question. */
  readonly checkpoints: readonly number[];
  /** First and last change of the log, and what is at its end but not whole. */
  readonly log: LogContents;
  private readonly states: Checkpoints;
  private readonly files: LogFiles;
  /** Null where a process may use them meanwhile. */
  private readonly lock: Lock | null;

  private constructor(states: Checkpoints, files: LogFiles, log: LogContents, lock: Lock | null) {
    this.checkpoints = states.ids;
    this.states = states;
    this.files = files;
    this.log = log;
    this.lock = lock;
  }

  /** Throws a {@link StoreError} when there is no store, or a process uses it. */
  static async open(directory: string): Promise<StoreReader> {
    assertStore(directory);
    const lock = lockDirectory(directory, () => {});
    try {
      return await StoreReader.at(directory, lock);
    } catch (e) {
      lock.release();
      throw e;
    }
  }

  /**
   * For the log alone, which a process may go on writing meanwhile: what it holds at this moment. Throws a
   * {@link StoreError} when there is no store.
   */
  static async beside(directory: string): Promise<StoreReader> {
    assertStore(directory);
    for (let tries = 1; ; tries++) {
      try {
        return await StoreReader.at(directory, null);
      } catch (e) {
        // A file may be removed between finding and opening it.
        if (tries === TRIES) throw e;
      }
    }
  }

  private static async at(directory: string, lock: Lock | null): Promise<StoreReader> {
    const path = join(directory, FILES);
    const states = new Checkpoints(readOnly, path, nodeTimers);
    const files = new LogFiles(readOnly, path);
    await states.open();
    return new StoreReader(states, files, await files.open(), lock);
  }

  /** Throws a {@link StoreError} when a checkpoint is not as it was written. */
  verify(id: number): Promise<void> {
    return this.states.verify(id);
  }

  /**
   * The changes from one on, in order. Throws a {@link StoreError} at the first that is not as it was written. Those in
   * whose place a backup was restored are no changes of the log: there is a checkpoint for them.
   */
  async *changes(from: number): AsyncGenerator<LoggedChange, void, undefined> {
    for await (const changes of this.files.read(from, id => this.checkpoints.includes(id))) yield* changes;
  }

  /** Names of the collections that a checkpoint has, by id. */
  names(id: number): Promise<Map<number, string>> {
    return this.states.names(id, new Engine({ host: nodeHost() }));
  }

  /** Brings an engine that has just been made to the state of a checkpoint. */
  load(id: number, engine: Engine, progress: (so: LoadProgress) => void = () => {}): Promise<void> {
    return this.states.load(id, engine, progress);
  }

  /** Brings an engine on to the state after a change, through those that it has not seen yet. */
  async repeat(engine: Engine, until: number): Promise<void> {
    if (until <= engine.changeId) return;
    const next = engine.changeId + 1;
    if (this.log.last === 0 || this.log.first > next) throw new StoreError(msg.gap(next, this.log), next);
    for await (const changes of this.files.read(next)) {
      for (const change of changes) {
        repeat(engine, change);
        // What is behind it may be damaged.
        if (change.id === until) return;
      }
    }
    throw new StoreError(msg.ends(until, engine.changeId), until);
  }

  close(): void {
    this.lock?.release();
  }
}

function assertStore(directory: string): void {
  if (!existsSync(directory) || !hasStore(directory)) throw new StoreError(msg.noStore(directory));
}

/** A file system on which nothing is changed. */
const readOnly: FileSystem = {
  ...nodeFiles,
  makeDirectory: () => Promise.resolve(),
  rename: () => Promise.resolve(),
  remove: () => Promise.resolve(),
  syncDirectory: () => Promise.resolve(),
  async open(path): Promise<File> {
    const file = await nodeFiles.open(path, 'read');
    return {
      size: () => file.size(),
      read: (at, length) => file.read(at, length),
      write: () => Promise.resolve(),
      writeThrough: () => Promise.resolve(),
      sync: () => Promise.resolve(),
      truncate: () => Promise.resolve(),
      close: () => file.close(),
    };
  },
};
