/**
 * The thread in which LMDB works: a commit blocks its thread until the disk has synced, and queries go on
 * meanwhile. It holds one environment and does one request after another.
 */
import type * as Lmdb from 'lmdb';
import type { MessagePort } from 'node:worker_threads';
import type { RecordBatch } from './disk.ts';

export type LmdbRequest =
  | { readonly do: 'open' }
  | { readonly do: 'get'; readonly id: number }
  | { readonly do: 'read'; readonly from: number }
  | { readonly do: 'write'; readonly batch: RecordBatch }
  | { readonly do: 'remove'; readonly from: number; readonly to: number }
  | { readonly do: 'close' };

/** Records one after another, as in a batch, but of any ids. */
export interface Records {
  readonly ids: readonly number[];
  readonly ends: readonly number[];
  readonly bytes: Uint8Array;
}

export interface LmdbAnswers {
  open: { readonly first: number; readonly last: number };
  get: Uint8Array | null;
  read: Records;
  write: null;
  remove: null;
  close: null;
}

export interface LmdbReply {
  readonly value?: unknown;
  /** Why it was not done. */
  readonly error?: string;
}

/**
 * The whole of the thread. It is started from its own text, so that it needs no file beside whatever bundle it ends
 * up in: it uses nothing but its parameters, and types.
 */
export function lmdbThread(port: MessagePort, lmdb: typeof Lmdb, path: string): void {
  /** The last key of a record, and a key behind them all, which says how they are written. */
  const KEY_MAX = Number.MAX_SAFE_INTEGER;
  const FORMAT_KEY = 'format';
  const FORMAT = 'thingscope 1';
  /** Bytes of records that are read, and records that are removed, at a time. */
  const READ_BYTES = 1 << 20;
  const REMOVE_COUNT = 10_000;

  let env: Lmdb.RootDatabase<Uint8Array, number | string> | null = null;

  /** Opened anew after every failure: LMDB forbids to go on with an environment that could not write its root. */
  const opened = (): Lmdb.RootDatabase<Uint8Array, number | string> => {
    if (env !== null) return env;
    // Without overlapping syncs a commit is LMDB's own: data, sync, root, sync.
    env = lmdb.open({ path, encoding: 'binary', compression: false, overlappingSync: false, noSubdir: false, maxReaders: 64 });
    const format = env.get(FORMAT_KEY);
    if (format === undefined) env.transactionSync(() => env!.putSync(FORMAT_KEY, Buffer.from(FORMAT)));
    else if (Buffer.from(format).toString() !== FORMAT) throw new Error(`it has the format \`${Buffer.from(format).toString()}\`, but \`${FORMAT}\` is expected`);
    return env;
  };

  const endKey = (reverse: boolean): number => {
    for (const key of opened().getKeys(reverse ? { start: KEY_MAX, end: 0, reverse, limit: 1 } : { start: 1, end: KEY_MAX, limit: 1 })) return key as number;
    return 0;
  };

  const read = (from: number): Records => {
    const ids: number[] = [];
    const ends: number[] = [];
    const pieces: Uint8Array[] = [];
    let end = 0;
    for (const { key, value } of opened().getRange({ start: from, end: KEY_MAX })) {
      ids.push(key as number);
      pieces.push(value);
      ends.push(end += value.length);
      if (end >= READ_BYTES) break;
    }
    const bytes = new Uint8Array(end);
    pieces.forEach((piece, i) => bytes.set(piece, i === 0 ? 0 : ends[i - 1]!));
    return { ids, ends, bytes };
  };

  const remove = (from: number, to: number): void => {
    const db = opened();
    for (;;) {
      const keys = [...db.getKeys({ start: from, end: to + 1, limit: REMOVE_COUNT })];
      if (keys.length === 0) return;
      db.transactionSync(() => keys.forEach(key => db.removeSync(key)));
    }
  };

  const close = async (): Promise<null> => {
    const closing = env;
    env = null;
    await closing?.close();
    return null;
  };

  const run = (request: LmdbRequest): unknown => {
    switch (request.do) {
      case 'open': return { first: endKey(false), last: endKey(true) };
      case 'get': return opened().get(request.id) ?? null;
      case 'read': return read(request.from);
      case 'remove': return remove(request.from, request.to);
      case 'close': return close();
      case 'write': {
        const { first, ends, bytes } = request.batch;
        const db = opened();
        db.transactionSync(() => ends.forEach((end, i) => db.putSync(first + i, bytes.subarray(i === 0 ? 0 : ends[i - 1]!, end))));
        return null;
      }
    }
  };

  /** Requests are done in the order in which they come, also when one has to wait. */
  let last = Promise.resolve();
  port.on('message', (request: LmdbRequest) => {
    last = last.then(async () => {
      try {
        port.postMessage({ value: await run(request) });
      } catch (e) {
        await close().catch(() => {});
        port.postMessage({ error: e instanceof Error ? e.message : String(e) });
      }
    });
  });
}
