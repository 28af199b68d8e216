/** Records in LMDB: the disk of a server, and of a library that opens a path. */
import { closeSync, fsyncSync, mkdirSync, openSync, statfsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Disk, RecordBatch } from './disk.ts';
import { lmdbThread, type LmdbAnswers, type LmdbReply, type LmdbRequest, type Records } from './lmdb-thread.ts';

/** The file in the directory of a disk that holds its records. */
export const LMDB_FILE = 'data.mdb';

/** A disk with less room than this is called full. */
const FULL_BYTES = 1 << 16;

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (reason: Error) => void;
}

export class LmdbDisk implements Disk {
  private readonly path: string;
  private thread: Worker | null = null;
  /** Requests that were sent and not yet answered, in order. */
  private waiting: Waiting[] = [];

  /** `path` is a directory, made when it is not there. */
  constructor(path: string) {
    this.path = path;
  }

  async open(): Promise<{ readonly first: number; readonly last: number }> {
    mkdirSync(this.path, { recursive: true });
    const ends = await this.ask({ do: 'open' });
    // A new file is only safe when its directory is.
    syncDirectory(this.path);
    syncDirectory(dirname(this.path));
    return ends;
  }

  get(id: number): Promise<Uint8Array | null> {
    return this.ask({ do: 'get', id });
  }

  async *read(from: number): AsyncIterable<readonly (readonly [number, Uint8Array])[]> {
    // The thread reads the next piece while this one is used.
    let next = this.ask({ do: 'read', from });
    for (;;) {
      const { ids, ends, bytes }: Records = await next;
      if (ids.length === 0) return;
      next = this.ask({ do: 'read', from: ids.at(-1)! + 1 });
      next.catch(() => {});
      yield ids.map((id, i) => [id, bytes.subarray(i === 0 ? 0 : ends[i - 1]!, ends[i])] as const);
    }
  }

  async write({ first, ends, bytes }: RecordBatch): Promise<void> {
    // A copy of its own: a batch that fails is needed again.
    const copy = bytes.slice();
    try {
      await this.ask({ do: 'write', batch: { first, ends, bytes: copy } }, [copy.buffer]);
    } catch (e) {
      // LMDB calls it an input/output error when the disk takes a part of what it writes.
      const { bavail, bsize } = statfsSync(this.path);
      throw bavail * bsize < bytes.length + FULL_BYTES ? new Error('no space left on the disk') : e;
    }
  }

  async remove(from: number, to: number): Promise<void> {
    await this.ask({ do: 'remove', from, to });
  }

  async close(): Promise<void> {
    const { thread } = this;
    if (thread === null) return;
    await this.ask({ do: 'close' });
    this.thread = null;
    thread.removeAllListeners();
    await thread.terminate();
  }

  private ask<K extends LmdbRequest['do']>(request: LmdbRequest & { do: K }, moved: ArrayBuffer[] = []): Promise<LmdbAnswers[K]> {
    const thread = this.thread ??= this.start();
    return new Promise((resolve, reject) => {
      // A thread that has nothing to do does not keep the process alive.
      if (this.waiting.length === 0) thread.ref();
      this.waiting.push({ resolve, reject });
      thread.postMessage(request, moved);
    });
  }

  private start(): Worker {
    const lmdb = createRequire(import.meta.url).resolve('lmdb');
    const threads = "require('node:worker_threads')";
    const text = `(${lmdbThread.toString()})(${threads}.parentPort, require(${JSON.stringify(lmdb)}), ${JSON.stringify(this.path)})`;
    const thread = new Worker(text, { eval: true, stderr: false });
    thread.unref();
    thread.on('message', ({ value, error }: LmdbReply) => {
      const { resolve, reject } = this.waiting.shift()!;
      if (this.waiting.length === 0) thread.unref();
      if (error === undefined) resolve(value as never);
      else reject(new Error(error));
    });
    const ended = (why: Error): void => {
      if (this.thread !== thread) return;
      this.thread = null;
      for (const { reject } of this.waiting.splice(0)) reject(why);
    };
    thread.on('error', ended);
    thread.on('exit', code => ended(new Error(`the storage thread has ended with code ${code}`)));
    return thread;
  }
}

function syncDirectory(path: string): void {
  // Windows opens no directories, and needs no such thing.
  if (process.platform === 'win32') return;
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
