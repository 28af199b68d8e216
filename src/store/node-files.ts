/** The file system of this machine. */
import { constants, writeSync, type PathLike } from 'node:fs';
import { mkdir, open, readdir, rename, unlink, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { File, FileSystem } from './file-system.ts';
import type { SyncPlace } from './sync-place.ts';

/** Windows opens no directories, and needs no such thing. */
const SYNCS_DIRECTORIES = process.platform !== 'win32';

/** With a place, that decides where what is written through is so; else it is on another thread. */
const filesOf = (place: SyncPlace | null): FileSystem => ({
  async makeDirectory(path) {
    const made = await told(mkdir(path, { recursive: true }));
    if (made === undefined) return;
    // Each directory that is new is a name in the one above it.
    for (let below = path; below.length >= made.length; below = dirname(below)) await this.syncDirectory(dirname(below));
  },
  list: directory => told(readdir(directory)),
  open: async (path, to) => new NodeFile(path, await told(open(path, to === 'read' ? constants.O_RDONLY : constants.O_RDWR | constants.O_CREAT, 0o640)), place),
  rename: (from, to) => beside(place, told(rename(from, to))),
  remove: path => beside(place, told(unlink(path))),
  async syncDirectory(path) {
    if (!SYNCS_DIRECTORIES) return;
    const handle = await told(open(path, constants.O_RDONLY));
    await beside(place, told(handle.sync())).finally(() => handle.close());
  },
});

export const nodeFiles: FileSystem = filesOf(null);

/** The same, but what is written through may be so on this thread. */
export const nodeFilesHere = (place: SyncPlace): FileSystem => filesOf(place);

class NodeFile implements File {
  private readonly path: PathLike;
  private readonly handle: FileHandle;
  private readonly place: SyncPlace | null;
  /** Opened so that each write is synced: one call instead of two. Null until it is needed, and where that is unknown. */
  private through: FileHandle | null = null;

  constructor(path: PathLike, handle: FileHandle, place: SyncPlace | null) {
    this.path = path;
    this.handle = handle;
    this.place = place;
  }

  async size(): Promise<number> {
    return (await told(this.handle.stat())).size;
  }

  async read(at: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    let end = 0;
    while (end < length) {
      const { bytesRead } = await told(this.handle.read(bytes, end, length - end, at + end));
      if (bytesRead === 0) break;
      end += bytesRead;
    }
    return bytes.subarray(0, end);
  }

  write(at: number, bytes: Uint8Array): Promise<void> {
    return beside(this.place, writeAll(this.handle, at, bytes));
  }

  async writeThrough(at: number, bytes: Uint8Array): Promise<void> {
    if (constants.O_DSYNC === undefined) {
      await this.write(at, bytes);
      return this.sync();
    }
    this.through ??= await told(open(this.path, constants.O_WRONLY | constants.O_DSYNC));
    const { fd } = this.through;
    if (this.place?.here(bytes.length)) this.place.run(() => writeAllHere(fd, at, bytes));
    else await writeAll(this.through, at, bytes);
  }

  sync(): Promise<void> {
    return beside(this.place, told(this.handle.datasync()));
  }

  truncate(size: number): Promise<void> {
    return beside(this.place, told(this.handle.truncate(size)));
  }

  async close(): Promise<void> {
    await this.through?.close();
    await this.handle.close();
  }
}

/** What keeps the disk busy. */
const beside = <T>(place: SyncPlace | null, work: Promise<T>): Promise<T> => (place === null ? work : place.beside(work));

function writeAllHere(fd: number, at: number, bytes: Uint8Array): void {
  try {
    for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done, bytes.length - done, at + done);
  } catch (e) {
    throw inWords(e);
  }
}

async function writeAll(handle: FileHandle, at: number, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += (await told(handle.write(bytes, done, bytes.length - done, at + done))).bytesWritten;
  }
}

const TEXTS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on the disk', EDQUOT: 'no space left in the quota', EFBIG: 'a file may not become larger', EIO: 'input/output error',
  EROFS: 'the file system is read-only', EACCES: 'permission denied', EPERM: 'permission denied', EMFILE: 'too many open files', ENFILE: 'too many open files',
};

/** Failures in words. */
async function told<T>(done: Promise<T>): Promise<T> {
  try {
    return await done;
  } catch (e) {
    throw inWords(e);
  }
}

function inWords(e: unknown): Error {
  const { code = '', message, path } = e as NodeJS.ErrnoException;
  const text = TEXTS[code];
  return new Error(text === undefined ? message : path === undefined ? text : `${text}: \`${path}\``, { cause: e });
}
