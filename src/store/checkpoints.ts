/**
 * Snapshots in files: where a start begins, so that the log before them can go. One is written under another name and
 * gets its own when it is durable: a file of that name is whole, unless it was damaged since.
 */
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Engine } from '../engine.ts';
import { storage as msg } from '../errors/messages/store.ts';
import { loadSnapshot, readCollectionNames, verifySnapshot, type LoadProgress } from '../snapshot/load.ts';
import type { Snapshot } from '../snapshot/take.ts';
import { pieces, type File, type FileSystem } from './file-system.ts';
import type { Timers } from './timers.ts';

const NAME = /^checkpoint-(\d{16})$/;
const UNFINISHED = '.part';
/** Bytes after which what was written is synced, so that the log never waits behind much that is not on disk yet. */
const SYNC_BYTES = 1 << 20;

/** Whether a name is that of a checkpoint. */
export const isCheckpoint = (name: string): boolean => NAME.test(name);

const nameOf = (id: number): string => `checkpoint-${String(id).padStart(16, '0')}`;

/** Thrown when a checkpoint that is being written is not wanted any more. */
export class GivenUp extends Error {}

/** Thrown when only a restart can tell whether a state was replaced by another. */
export class Undecided extends Error {}

export class Checkpoints {
  private readonly fs: FileSystem;
  private readonly directory: string;
  private readonly timers: Timers;
  /** Ids of their changes, ascending. */
  ids: number[] = [];
  private readonly sizes = new Map<number, number>();

  constructor(fs: FileSystem, directory: string, timers: Timers) {
    this.fs = fs;
    this.directory = directory;
    this.timers = timers;
  }

  async open(): Promise<void> {
    const names = await this.fs.list(this.directory);
    for (const name of names) if (name.endsWith(UNFINISHED)) await this.fs.remove(join(this.directory, name));
    this.ids = names.filter(isCheckpoint).map(name => Number(NAME.exec(name)![1])).sort((a, b) => a - b);
    for (const id of this.ids) this.sizes.set(id, await this.using(id, file => file.size()));
  }

  /** Id of the newest; 0 when there is none. */
  get newest(): number {
    return this.ids.at(-1) ?? 0;
  }

  /** Bytes of one; 0 when it is not there. */
  sizeOf(id: number): number {
    return this.sizes.get(id) ?? 0;
  }

  path(id: number): string {
    return join(this.directory, nameOf(id));
  }

  /** Throws a `StoreError` when one is not as it was written. */
  verify(id: number): Promise<void> {
    return this.using(id, file => verifySnapshot(pieces(file), crc32));
  }

  async load(id: number, engine: Engine, progress: (so: LoadProgress) => void): Promise<void> {
    await this.using(id, file => loadSnapshot(engine, pieces(file), progress));
  }

  /** The collections that one has, by id. */
  names(id: number, engine: Engine): Promise<Map<number, string>> {
    return this.using(id, file => readCollectionNames(pieces(file), engine));
  }

  /** Writes one, a block a turn; kept when it is durable. `mayEnd` is waited for before it counts. */
  async write(snapshot: Snapshot, mayEnd: () => Promise<void>, isGivenUp: () => boolean): Promise<void> {
    const path = this.path(snapshot.changeId);
    const unfinished = path + UNFINISHED;
    let size: number;
    try {
      size = await this.writeFile(snapshot, unfinished, isGivenUp);
      await mayEnd();
      await this.fs.rename(unfinished, path);
    } catch (e) {
      // What is left of it is removed by the next start at the latest.
      await this.fs.remove(unfinished).catch(() => {});
      throw e;
    } finally {
      snapshot.end();
    }
    await this.fs.syncDirectory(this.directory);
    if (!this.ids.includes(snapshot.changeId)) this.ids.push(snapshot.changeId);
    this.sizes.set(snapshot.changeId, size);
  }

  /** Puts a snapshot that comes in pieces in the place of all that is in the directory. */
  async install(id: number, snapshot: AsyncIterable<Uint8Array>): Promise<void> {
    const unfinished = this.path(id) + UNFINISHED;
    const file = await this.fs.open(unfinished, 'write');
    try {
      await file.truncate(0);
      let at = 0;
      for await (const piece of snapshot) {
        await file.write(at, piece);
        at += piece.length;
      }
      await file.sync();
    } finally {
      await file.close();
    }
    const written = await this.fs.open(unfinished, 'read');
    try {
      await verifySnapshot(pieces(written), crc32);
    } finally {
      await written.close();
    }
    // A crash from here on leaves nothing, or the snapshot: never a part of each.
    for (const name of await this.fs.list(this.directory)) if (join(this.directory, name) !== unfinished) await this.fs.remove(join(this.directory, name));
    await this.fs.syncDirectory(this.directory);
    await this.fs.rename(unfinished, this.path(id));
    await this.fs.syncDirectory(this.directory);
  }

  /**
   * Writes one of another state than the log leads to: from the moment that it has its name a start goes on from it. When
   * this is broken by an {@link Undecided}, nobody knows whether it has; by anything else: it has not.
   */
  async replace(snapshot: Snapshot, look: () => void): Promise<void> {
    try {
      await this.write(snapshot, async () => look(), () => false);
    } catch (e) {
      await this.takeBack(snapshot.changeId, e as Error);
      throw e;
    }
  }

  private async takeBack(id: number, why: Error): Promise<void> {
    try {
      if ((await this.fs.list(this.directory)).includes(nameOf(id))) await this.fs.remove(this.path(id));
      await this.fs.syncDirectory(this.directory);
    } catch {
      throw new Undecided(msg.undecided(why.message));
    }
  }

  /** Removes those before one. */
  async removeBefore(id: number): Promise<void> {
    while (this.ids.length > 0 && this.ids[0]! < id) {
      await this.fs.remove(this.path(this.ids[0]!));
      this.ids.shift();
    }
  }

  /** Gives the size. */
  private async writeFile(snapshot: Snapshot, path: string, isGivenUp: () => boolean): Promise<number> {
    const file = await this.fs.open(path, 'write');
    try {
      await file.truncate(0);
      return await this.writeBlocks(snapshot, file, isGivenUp);
    } finally {
      await file.close();
    }
  }

  private async writeBlocks(snapshot: Snapshot, file: File, isGivenUp: () => boolean): Promise<number> {
    let at = 0;
    let synced = 0;
    for (let block = snapshot.next(); block !== null; block = snapshot.next()) {
      await file.write(at, block);
      at += block.length;
      if (at - synced >= SYNC_BYTES) {
        await file.sync();
        synced = at;
      }
      await new Promise<void>(resolve => this.timers.soon(resolve));
      if (isGivenUp()) throw new GivenUp();
    }
    await file.sync();
    return at;
  }

  private async using<T>(id: number, use: (file: File) => Promise<T>): Promise<T> {
    const file = await this.fs.open(this.path(id), 'read');
    try {
      return await use(file);
    } finally {
      await file.close();
    }
  }
}
