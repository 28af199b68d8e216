/**
 * What the store needs of a file system: the part that tests replace by one that tears writes, drops what was not
 * synced, fails and fills up. What it promises is as little as disks do: until a sync, what was written may reach
 * the disk in part, in any order, or not at all.
 */
export interface FileSystem {
  /** Makes a directory, with those above it, where there is none. Durable when it is kept. */
  makeDirectory(path: string): Promise<void>;
  /** Names in a directory. */
  list(directory: string): Promise<string[]>;
  /** Opens a file; to write it also makes one, which a crash may take away again until the directory is synced. */
  open(path: string, to: 'read' | 'write'): Promise<File>;
  /** Takes the place of what has that name; until the directory is synced a crash may undo it. */
  rename(from: string, to: string): Promise<void>;
  /** As for renaming, a crash may undo it. */
  remove(path: string): Promise<void>;
  /** Makes durable what names the directory has. */
  syncDirectory(path: string): Promise<void>;
}

export interface File {
  size(): Promise<number>;
  /** Fewer bytes at the end of the file. */
  read(at: number, length: number): Promise<Uint8Array>;
  write(at: number, bytes: Uint8Array): Promise<void>;
  /** Writes, and is kept when the bytes, and the size that reading them takes, are durable. */
  writeThrough(at: number, bytes: Uint8Array): Promise<void>;
  /** Makes the content durable. After one that failed, all that was written since the last that did not must be written again. */
  sync(): Promise<void>;
  truncate(size: number): Promise<void>;
  close(): Promise<void>;
}

/** Bytes that are read at a time. */
const PIECE = 1 << 20;

/** The content of a file in pieces, from a position on; the next one is read while one is used. */
export async function* pieces(file: File, from = 0): AsyncGenerator<Uint8Array, void, undefined> {
  let at = from;
  let next = file.read(at, PIECE);
  for (;;) {
    const piece = await next;
    if (piece.length === 0) return;
    at += piece.length;
    next = file.read(at, PIECE);
    // Whoever stops reading early does not hear of it.
    next.catch(() => {});
    yield piece;
  }
}
