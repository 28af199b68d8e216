/**
 * A backup is one file: a line of text that says what it is, then a snapshot, compressed by gzip.
 *
 *     Thingscope backup 1 {"changeId":7,"createdAt":1767225600} b012535e
 *
 * The line ends with the CRC-32 of what is before it, in hexadecimal digits.
 */
import { closeSync, createReadStream, createWriteStream, openSync, readSync, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, crc32, createGunzip, createGzip } from 'node:zlib';
import type { Engine } from '../engine.ts';
import { backupFiles as msg } from '../errors/messages/backups.ts';
import { StoreError } from '../errors/store-error.ts';
import { loadSnapshot, type LoadProgress } from '../snapshot/load.ts';
import { takeSnapshot, type Snapshot } from '../snapshot/take.ts';

const NAME = 'Thingscope backup';
const FORMAT = 1;
/** More than the first line ever has. */
const LINE_MAX = 1_000;

/** What the first line says. */
export interface BackupHead {
  /** The change after which the state was that of the backup. */
  readonly changeId: number;
  /** UNIX seconds. */
  readonly createdAt: number;
}

export interface SaveOptions {
  /** Gives it up. */
  readonly signal?: AbortSignal;
  /** Waited for before the file gets its name: a backup holds nothing that a crash could still take back. */
  readonly durable?: () => Promise<unknown> | null;
}

/**
 * Writes the state as it is now into a file, while queries go on. The file is whole and durable when it gets its name,
 * in the place of what had that name; when this fails, nothing is left of it.
 */
export async function saveBackup(engine: Engine, file: string, { signal, durable = () => null }: SaveOptions = {}): Promise<BackupHead> {
  const snapshot = takeSnapshot(engine);
  const head = { changeId: snapshot.changeId, createdAt: Math.floor(engine.host.now()) };
  const seen = durable();
  seen?.catch(() => {});
  const unfinished = `${file}.part`;
  try {
    await writeBackup(snapshot, head, createWriteStream(unfinished, { flush: true }), signal);
    await seen;
    await rename(unfinished, file);
    await syncDirectory(dirname(file));
  } catch (e) {
    await rm(unfinished, { force: true }).catch(() => {});
    throw e;
  }
  return head;
}

/** Writes a backup into a stream, no faster than that takes it. */
export async function writeBackup(snapshot: Snapshot, head: BackupHead, out: Writable, signal?: AbortSignal): Promise<void> {
  async function* withHead(compressed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    yield Buffer.from(headLine(head));
    yield* compressed;
  }
  try {
    // Speed counts: the smaller file of a higher level takes several times as long.
    await pipeline(blocksOf(snapshot), createGzip({ level: constants.Z_BEST_SPEED }), withHead, out, signal === undefined ? {} : { signal });
  } finally {
    snapshot.end();
  }
}

function* blocksOf(snapshot: Snapshot): Generator<Uint8Array> {
  for (let block = snapshot.next(); block !== null; block = snapshot.next()) yield block;
}

function headLine(head: BackupHead): string {
  const text = `${NAME} ${FORMAT} ${JSON.stringify(head)}`;
  return `${text} ${checksum(text)}\n`;
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}

/**
 * Brings an engine that has just been made to the state of a backup. Throws a {@link StoreError} when that is none, or
 * is not whole; the engine cannot be used then. Errors of the file system are thrown as they are.
 */
export async function loadBackup(engine: Engine, file: string, progress?: (so: LoadProgress) => void): Promise<BackupHead> {
  const { start, ...head } = readBackupHead(file);
  const compressed = createReadStream(file, { start });
  const snapshot = createGunzip();
  const reading = pipeline(compressed, snapshot);
  reading.catch(() => {});
  try {
    const found = await loadSnapshot(engine, snapshot, progress);
    await reading;
    if (found !== head.changeId) throw new StoreError(msg.otherChange(head.changeId, found));
  } catch (e) {
    throw new StoreError(msg.damaged(file, (e as Error).message));
  } finally {
    compressed.destroy();
    snapshot.destroy();
  }
  return head;
}

/** What a backup says about itself, and where its snapshot starts. Throws as {@link loadBackup} does. */
export function readBackupHead(file: string): BackupHead & { readonly start: number } {
  const bytes = readStart(file);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) throw new StoreError(msg.theirs(file));
  if (bytes.toString('latin1', 0, NAME.length) !== NAME) throw new StoreError(msg.noBackup(file));
  const start = bytes.indexOf('\n') + 1;
  const line = /^(.* (\d+) (\{.*\})) ([0-9a-f]{8})$/.exec(bytes.toString('utf8', 0, Math.max(0, start - 1)));
  if (line === null || checksum(line[1]!) !== line[4]) throw new StoreError(msg.damaged(file, msg.headDamaged()));
  if (Number(line[2]) !== FORMAT) throw new StoreError(msg.format(file, line[2]!, FORMAT));
  return { ...(JSON.parse(line[3]!) as BackupHead), start };
}

function readStart(file: string): Buffer {
  // Reading what is no file might not end.
  if (!statSync(file).isFile()) throw new StoreError(msg.noBackup(file));
  const handle = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(LINE_MAX);
    return bytes.subarray(0, readSync(handle, bytes));
  } finally {
    closeSync(handle);
  }
}

/** Makes durable what names a directory has. */
async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
