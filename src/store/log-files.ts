/**
 * The log on disk: files of frames, one after another. A file is named by the id of the first change that it may hold,
 * begins with that id, and ends where the next one begins.
 *
 * Files are given zeros ahead of what is written, so that making a frame durable takes no more than the frame: the
 * size of the file and the place of its blocks are durable already. A file is never written to after a restart: the
 * first change begins a new one.
 */
import { join } from 'node:path';
import { storage as msg } from '../errors/messages/store.ts';
import { DamageError, StoreError } from '../errors/store-error.ts';
import type { LogContents, LoggedChange } from './change-log.ts';
import type { File, FileSystem } from './file-system.ts';
import { changesOf, FRAME_ALIGN, frameHead, isWhole, type FrameHead } from './frame.ts';

export interface LogFilesOptions {
  /** Bytes of a file beyond which the next change begins another one. */
  readonly fileBytes: number;
  /** Zeros are written ahead in steps that grow with the file between these bounds. */
  readonly aheadMin: number;
  readonly aheadMax: number;
}

const DEFAULTS: LogFilesOptions = { fileBytes: 16 << 20, aheadMin: 1 << 16, aheadMax: 4 << 20 };

const NAME = /^log-(\d{16})$/;
/** Its number is the format: in 2, other than in 1, changes may say what made them. */
const MAGIC = 'TSLOG2\r\n';
const ANY_MAGIC = /^TSLOG(\d)\r\n$/;
const FORMATS = [1, 2];
/** Magic, then the id in the name as f64. */
const FILE_HEAD = 16;

/** Whether a name is that of a log file. */
export const isLogFile = (name: string): boolean => NAME.test(name);

const nameOf = (first: number): string => `log-${String(first).padStart(16, '0')}`;

export class LogFiles {
  private readonly fs: FileSystem;
  private readonly directory: string;
  private readonly options: LogFilesOptions;
  /** Ascending. */
  private files: LogFile[] = [];
  private current: Current | null = null;
  private last = 0;
  private busy: Promise<void> = Promise.resolve();
  /** The change that is to begin a file. */
  private splitAt = 0;

  constructor(fs: FileSystem, directory: string, options: Partial<LogFilesOptions> = {}) {
    this.fs = fs;
    this.directory = directory;
    this.options = { ...DEFAULTS, ...options };
  }

  /** How many files there are. */
  get count(): number {
    return this.files.length;
  }

  /** Id of the first change that is there; one more than the last when there is none. */
  get first(): number {
    return this.files[0]?.first ?? this.last + 1;
  }

  /** Bytes of the files that begin behind one change, and no later than with another. */
  bytesBetween(after: number, to: number): number {
    return this.files.reduce((sum, { first, bytes }) => (first > after && first <= to ? sum + bytes : sum), 0);
  }

  /** When the last change was written that is in those files, UNIX seconds; 0 when they have none that can be read. */
  async lastTimeBetween(after: number, to: number): Promise<number> {
    const file = this.files.findLast(({ first }) => first > after && first <= to);
    if (file === undefined) return 0;
    return file.time ??= wholeFrames(await this.content(file.first), file.first).at(-1)?.head.time ?? 0;
  }

  /** Finds the ends, and cuts off what was not written whole. The middle is looked at by {@link read}. */
  async open(): Promise<LogContents> {
    const firsts = await this.list();
    let cut: readonly number[] = [];
    while (firsts.length > 0) {
      const first = firsts.at(-1)!;
      const found = await this.findEnd(first);
      this.last = found.last;
      if (cut.length === 0) cut = found.cut;
      if (found.last >= first) break;
      // Made, but never written whole: its first change was being written when the process ended.
      if (cut.length === 0) cut = [first];
      await this.removeFile(first);
      firsts.pop();
      this.last = first - 1;
    }
    this.files = await Promise.all(firsts.map(async first => ({ first, bytes: await this.sizeOf(first), time: null })));
    return firsts.length === 0 ? { first: 0, last: 0, cut } : { first: firsts[0]!, last: this.last, cut };
  }

  /**
   * The changes from one on, in order, in pieces. Throws a {@link DamageError} where one is not as it was written, or is
   * missing, unless `mayMiss` says that it never was in the log.
   */
  async *read(from: number, mayMiss: (id: number) => boolean = () => false): AsyncGenerator<LoggedChange[], void, undefined> {
    // Some may come and go meanwhile.
    const [files, last] = [[...this.files], this.last];
    let next = from;
    for (const [i, { first }] of files.entries()) {
      const end = files[i + 1]?.first ?? last + 1;
      if (end <= next) continue;
      if (first === next + 1 && mayMiss(next)) next = first;
      if (first > next) throw new DamageError(msg.missing(next, first), next);
      const bytes = await this.content(first).catch(async (e: unknown) => {
        const [there = last + 1] = await this.list();
        throw first < there ? new StoreError(msg.trimmed(next, there), next) : e;
      });
      const frames = wholeFrames(bytes, first);
      for (const { at, head } of frames) {
        if (head.first + head.count <= next) continue;
        const changes = changesOf(bytes, at, head).filter(({ id }) => id >= next && id < end);
        next = head.first + head.count;
        yield changes;
      }
      if (next >= end) continue;
      if (frames.length === 0 || endOf(frames) < written(bytes)) throw this.damaged(next, first);
      if (next !== end - 1 || !mayMiss(next)) throw new DamageError(msg.missing(next, end), next);
    }
  }

  /** Writes a frame. Kept when it is durable; broken: it may be written again, with the same changes. */
  write(first: number, count: number, frame: Uint8Array): Promise<void> {
    return this.alone(async () => {
      const { current } = this;
      if (current !== null && (current.at >= this.options.fileBytes || (this.splitAt > current.first && first >= this.splitAt))) await this.finish();
      const file = this.current ?? await this.begin(first);
      await file.write(frame);
      this.last = first + count - 1;
      const written = this.files.at(-1)!;
      written.bytes = file.at;
      written.time = frameHead(frame, 0)!.time;
    });
  }

  /** Lets a change begin a file, so that those before it can be removed apart from it. */
  split(at: number): void {
    this.splitAt = at;
  }

  /** Ends the file that is written when no change is behind `to`; removes the files of which none is behind `gone`. */
  trim(to: number, gone: number): Promise<void> {
    return this.alone(async () => {
      if (this.last <= to) await this.finish();
      while (this.files.length > 0 && (this.files[1]?.first ?? this.last + 1) <= gone + 1 && this.files[0]!.first !== this.current?.first) {
        await this.removeFile(this.files[0]!.first);
        this.files.shift();
        // One after another: a crash must not take back some of them only.
        await this.fs.syncDirectory(this.directory);
      }
    });
  }

  close(): Promise<void> {
    return this.alone(() => this.finish());
  }

  /** Does what changes files one after another. */
  private alone(run: () => Promise<void>): Promise<void> {
    const done = this.busy.then(run);
    this.busy = done.catch(() => {});
    return done;
  }

  /** First ids of the files that are there. */
  private async list(): Promise<number[]> {
    return (await this.fs.list(this.directory)).filter(isLogFile).sort().map(name => Number(NAME.exec(name)![1]));
  }

  private async begin(first: number): Promise<Current> {
    const file = await this.fs.open(join(this.directory, nameOf(first)), 'write');
    try {
      const head = new Uint8Array(FILE_HEAD);
      for (let i = 0; i < MAGIC.length; i++) head[i] = MAGIC.charCodeAt(i);
      new DataView(head.buffer).setFloat64(8, first, true);
      await file.truncate(0);
      await file.writeThrough(0, head);
      await this.fs.syncDirectory(this.directory);
    } catch (e) {
      await file.close().catch(() => {});
      throw e;
    }
    this.current = new Current(first, file, FILE_HEAD, this.options);
    this.files.push({ first, bytes: FILE_HEAD, time: null });
    return this.current;
  }

  /** Ends the file that is written. */
  private async finish(): Promise<void> {
    const { current } = this;
    this.current = null;
    await current?.end();
  }

  private async removeFile(first: number): Promise<void> {
    await this.fs.remove(join(this.directory, nameOf(first)));
  }

  private async sizeOf(first: number): Promise<number> {
    const file = await this.fs.open(join(this.directory, nameOf(first)), 'read');
    return file.size().finally(() => file.close());
  }

  /** The last change of a file, `first - 1` when there is none. What is not whole at its end is cut off. */
  private async findEnd(first: number): Promise<{ readonly last: number; readonly cut: readonly number[] }> {
    const bytes = await this.content(first);
    const frames = wholeFrames(bytes, first);
    const at = endOf(frames);
    const whole = frames.at(-1)?.head;
    const last = whole === undefined ? first - 1 : whole.first + whole.count - 1;
    const end = written(bytes);
    if (at >= end) return { last, cut: [] };
    const behind = lastWhole(bytes, end, at, last);
    // Not the end, but damage: whoever reads it will be told.
    if (behind !== null) return { last: behind.first + behind.count - 1, cut: [] };
    if (last >= first) await this.cutOff(first, at);
    return { last, cut: idsOf(frameHead(bytes, at), last + 1) };
  }

  private async cutOff(first: number, size: number): Promise<void> {
    const file = await this.fs.open(join(this.directory, nameOf(first)), 'write');
    try {
      await file.truncate(size);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  private async content(first: number): Promise<Uint8Array> {
    const file = await this.fs.open(join(this.directory, nameOf(first)), 'read');
    let bytes: Uint8Array;
    try {
      bytes = await file.read(0, await file.size());
    } finally {
      await file.close();
    }
    const format = formatOf(bytes, first);
    if (format !== null && !FORMATS.includes(format)) throw new StoreError(msg.logFormat(join(this.directory, nameOf(first)), format, FORMATS));
    return bytes;
  }

  private damaged(id: number, file: number): DamageError {
    return new DamageError(msg.damaged(id, join(this.directory, nameOf(file))), id);
  }
}

interface LogFile {
  readonly first: number;
  bytes: number;
  /** When its last frame was made, UNIX seconds; null while nobody has looked. */
  time: number | null;
}

/** The file that is written at the moment. */
class Current {
  readonly first: number;
  /** Where the next frame begins. */
  at: number;
  private readonly file: File;
  /** Up to where there are zeros; infinite when they could not be written: it goes on without them. */
  private ahead: number;
  private extending: Promise<void> | null = null;
  private readonly options: LogFilesOptions;

  constructor(first: number, file: File, at: number, options: LogFilesOptions) {
    this.first = first;
    this.file = file;
    this.at = at;
    this.ahead = at;
    this.options = options;
  }

  async write(frame: Uint8Array): Promise<void> {
    const end = this.at + frame.length;
    if (end > this.ahead) {
      // Zeros must not come over what is written now.
      await this.extending;
      if (end > this.ahead) this.ahead = end;
    }
    await this.file.writeThrough(this.at, frame);
    this.at = end;
    const { aheadMin, aheadMax } = this.options;
    const step = Math.min(Math.max(aheadMin, end), aheadMax);
    if (this.extending === null && this.ahead - end < step / 2) this.extend(step);
  }

  async end(): Promise<void> {
    await this.extending;
    try {
      // What is left of the zeros.
      await this.file.truncate(this.at);
    } catch {
      // They do no harm.
    }
    await this.file.close();
  }

  private extend(step: number): void {
    const from = this.ahead;
    this.extending = this.file.write(from, new Uint8Array(step)).then(() => this.file.sync()).then(
      () => {
        this.ahead = from + step;
        this.extending = null;
      },
      () => {
        // The frames themselves will tell what is wrong, if it lasts.
        this.ahead = Infinity;
        this.extending = null;
      },
    );
  }
}

/** The format of a log file; null when its head is not that of one. */
function formatOf(bytes: Uint8Array, first: number): number | null {
  const magic = ANY_MAGIC.exec(String.fromCharCode(...bytes.subarray(0, MAGIC.length)));
  const isWhole = magic !== null && bytes.length >= FILE_HEAD && new DataView(bytes.buffer, bytes.byteOffset).getFloat64(8, true) === first;
  return isWhole ? Number(magic[1]) : null;
}

interface Frame {
  readonly at: number;
  readonly head: FrameHead;
}

/** The frames of a file up to its end, or to the first that is not whole or not the next. */
function wholeFrames(bytes: Uint8Array, first: number): Frame[] {
  const frames: Frame[] = [];
  if (formatOf(bytes, first) === null) return frames;
  let at = FILE_HEAD;
  let next = first;
  for (let head = frameHead(bytes, at); head !== null && head.first === next && isWhole(bytes, at, head); head = frameHead(bytes, at)) {
    frames.push({ at, head });
    at += head.length;
    next += head.count;
  }
  return frames;
}

function endOf(frames: readonly Frame[]): number {
  const last = frames.at(-1);
  return last === undefined ? FILE_HEAD : last.at + last.head.length;
}

/** Length without the zeros at the end. */
function written(bytes: Uint8Array): number {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return end;
}

/** The last whole frame that begins between two positions, of changes behind one; null when there is none. */
function lastWhole(bytes: Uint8Array, end: number, from: number, after: number): FrameHead | null {
  let last: FrameHead | null = null;
  for (let at = from; at < end; at += FRAME_ALIGN) {
    const head = frameHead(bytes, at);
    if (head === null || head.first <= after || !isWhole(bytes, at, head)) continue;
    last = head;
    at += head.length - FRAME_ALIGN;
  }
  return last;
}

/** Changes of a frame that is not whole, as far as its head can be believed. */
function idsOf(head: FrameHead | null, first: number): number[] {
  const count = head !== null && head.first === first && head.count < CUT_MAX ? head.count : 1;
  return Array.from({ length: count }, (_, i) => first + i);
}
const CUT_MAX = 100_000;
