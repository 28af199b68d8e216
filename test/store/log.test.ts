/** The log: what goes in comes back, group commit, what damage does. On a disk in memory. */
import { describe, expect, test } from 'vitest';
import { StoreError } from '../../src/errors/store-error.ts';
import type { LoggedChange } from '../../src/store/change-log.ts';
import { DiskLog, type DiskLogOptions } from '../../src/store/disk-log.ts';
import { LogFiles, type LogFilesOptions } from '../../src/store/log-files.ts';
import { random } from '../collection/random-queries.ts';
import { SimDisk } from './simulation/sim-disk.ts';

const bytesOf = (id: number): Uint8Array => Uint8Array.from({ length: (id * 7) % 400 }, (_, i) => (i * id) & 255);
/** 2026-01-01T00:00:00Z */
const NOW = 1_767_225_600;
/** Every other one says what made it. */
const change = (id: number): LoggedChange => ({ id, time: NOW, scope: id % 3, events: bytesOf(id), ...(id % 2 === 0 ? { audit: bytesOf(id + 1) } : {}) });
const newDisk = (): SimDisk => new SimDisk(random(1));

async function opened(disk: SimDisk, files: Partial<LogFilesOptions> = {}, options: Partial<DiskLogOptions> = {}): Promise<DiskLog> {
  const log = new DiskLog(new LogFiles(disk, '/', files), { now: () => NOW, ...options });
  await log.open();
  return log;
}

async function readAll(log: DiskLog, from = 1): Promise<LoggedChange[]> {
  const all: LoggedChange[] = [];
  for await (const piece of log.read(from)) all.push(...piece);
  return all;
}

/** Each change in a frame of its own. */
async function fill(disk: SimDisk, count: number, files: Partial<LogFilesOptions> = {}): Promise<void> {
  const log = await opened(disk, files);
  for (let id = 1; id <= count; id++) await log.append(change(id));
  await log.close();
}

const ids = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

test('changes come back as they were, in order, from any one on, out of many files', async () => {
  const disk = newDisk();
  await fill(disk, 300, { fileBytes: 5_000 });
  expect(disk.files.length).toBeGreaterThan(8);
  const log = new DiskLog(new LogFiles(disk, '/'));
  expect(await log.open()).toEqual({ first: 1, last: 300, cut: [] });
  expect(await readAll(log)).toEqual(ids(1, 300).map(change));
  expect((await readAll(log, 221)).map(({ id }) => id)).toEqual(ids(221, 300));
  expect(await readAll(log, 301)).toEqual([]);
});

test('an empty log', async () => {
  const log = new DiskLog(new LogFiles(newDisk(), '/'));
  expect(await log.open()).toEqual({ first: 0, last: 0, cut: [] });
  expect(log.pending).toBe(null);
  expect(await readAll(log)).toEqual([]);
  await log.close();
});

test('a change larger than a file, and many in one frame', async () => {
  const disk = newDisk();
  const log = await opened(disk, { fileBytes: 1_000 });
  const events = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * 31) & 255);
  void log.append({ id: 1, scope: 1, events });
  for (const id of ids(2, 300)) void log.append(change(id));
  await log.close();
  const all = await readAll(await opened(disk));
  expect(Buffer.compare(all[0]!.events, events)).toBe(0);
  expect(all.slice(1)).toEqual(ids(2, 300).map(change));
});

test('trimmed changes go file by file, the others stay, and it goes on', async () => {
  const disk = newDisk();
  await fill(disk, 300, { fileBytes: 5_000 });
  const log = await opened(disk);
  const before = disk.files.length;
  await log.trim(200);
  await log.trim(100);
  expect(disk.files.length).toBeLessThan(before / 2);
  await log.append(change(301));
  log.split();
  await log.append(change(302));
  await log.trim(301);
  expect(disk.files).toEqual(['log-0000000000000302']);
  await log.close();
  const again = new DiskLog(new LogFiles(disk, '/'));
  expect(await again.open()).toMatchObject({ first: 302, last: 302 });
  await again.trim(302);
  expect(disk.files).toEqual([]);
});

test('where a checkpoint takes the place of a change, the log goes on behind it; nothing else may be missing', async () => {
  const disk = newDisk();
  await fill(disk, 5);
  const log = await opened(disk);
  await log.trim(6, 0);
  await log.append(change(7));
  await log.close();
  const files = new LogFiles(disk, '/');
  expect(await files.open()).toMatchObject({ first: 1, last: 7 });
  const read = async (mayMiss?: (id: number) => boolean): Promise<number[]> => {
    const found: number[] = [];
    for await (const changes of files.read(1, mayMiss)) found.push(...changes.map(({ id }) => id));
    return found;
  };
  await expect(read()).rejects.toMatchObject({ message: 'change 6 is missing: the log goes on with change 7', changeId: 6 });
  expect(await read(id => id === 6)).toEqual([1, 2, 3, 4, 5, 7]);
});

test('a log of the format before is read, one of a later format is refused by name', async () => {
  const disk = newDisk();
  const log = await opened(disk);
  const plain = { id: 1, scope: 5, events: bytesOf(1) };
  await log.append(plain);
  await log.close();
  const [name] = disk.files;
  const mark = (digit: string): void => disk.change(name!, bytes => (bytes.set(Buffer.from(`TSLOG${digit}\r\n`)), bytes));
  mark('1');
  expect(await readAll(await opened(disk))).toEqual([{ ...plain, time: NOW }]);
  mark('3');
  await expect(opened(disk)).rejects.toThrow(`the log \`/${name}\` has format 3, but this version reads 1 and 2: use the newer version that wrote it`);
  mark('0');
  await expect(opened(disk)).rejects.toThrow('use the older version');
  expect(disk.files).toEqual([name]);
});

test('a reader whose changes are trimmed meanwhile is told', async () => {
  const disk = newDisk();
  await fill(disk, 300, { fileBytes: 5_000 });
  const log = await opened(disk);
  const reading = log.read(1)[Symbol.asyncIterator]();
  await reading.next();
  await log.trim(200);
  await expect((async () => {
    while (!(await reading.next()).done);
  })()).rejects.toThrow(/^change \d+ is not in the log any more: it begins with change \d+$/);
});

test('files that are no longer written have no zeros at their end', async () => {
  const disk = newDisk();
  await fill(disk, 300, { fileBytes: 5_000 });
  for (const name of disk.files) disk.change(name, bytes => (expect(bytes.length).toBeLessThan(6_000), bytes));
});

describe('group commit', () => {
  test('what comes in one turn, and while a sync runs, shares a sync', async () => {
    const durable: number[] = [];
    const log = await opened(newDisk(), {}, { onDurable: id => void durable.push(id) });
    const first = ids(1, 50).map(id => log.append(change(id)));
    await new Promise(resolve => setImmediate(resolve));
    const second = ids(51, 100).map(id => log.append(change(id)));
    expect(durable).toEqual([]);
    await Promise.all([...first, ...second]);
    expect(durable).toEqual([50, 100]);
    expect(log.pending).toBe(null);
    await log.close();
  });

  test('a change is durable no earlier than those before it', async () => {
    const log = await opened(newDisk());
    const done: number[] = [];
    const all: Promise<unknown>[] = [];
    for (let id = 1; id <= 30; id++) {
      all.push(log.append(change(id)).then(() => done.push(id)));
      if (id % 7 === 0) await new Promise(resolve => setImmediate(resolve));
    }
    await Promise.all(all);
    expect(done).toEqual(ids(1, 30));
    await log.close();
  });
});

describe('what was not written whole', () => {
  test('is cut off at the end, named, and written anew', async () => {
    const disk = newDisk();
    await fill(disk, 46);
    const log = await opened(disk);
    for (const id of ids(47, 50)) void log.append(change(id));
    await log.close();
    disk.change('log-0000000000000047', bytes => bytes.fill(0, 1_200, 1_300));
    const cut = new DiskLog(new LogFiles(disk, '/'));
    expect(await cut.open()).toEqual({ first: 1, last: 46, cut: ids(47, 50) });
    expect((await readAll(cut)).length).toBe(46);
    await cut.append(change(47));
    await cut.close();
    expect(await new DiskLog(new LogFiles(disk, '/')).open()).toEqual({ first: 1, last: 47, cut: [] });
  });

  test('is cut off behind what is whole in the same file', async () => {
    const disk = newDisk();
    await fill(disk, 50);
    disk.change(disk.files[0]!, bytes => bytes.slice(0, -100));
    expect(await new DiskLog(new LogFiles(disk, '/')).open()).toEqual({ first: 1, last: 49, cut: [50] });
    expect(await new DiskLog(new LogFiles(disk, '/')).open()).toEqual({ first: 1, last: 49, cut: [] });
  });

  test('may be a whole file', async () => {
    const disk = newDisk();
    await fill(disk, 60, { fileBytes: 4_000 });
    const last = disk.files.at(-1)!;
    disk.change(last, () => new Uint8Array(0));
    const first = Number(last.slice(4));
    expect(await new DiskLog(new LogFiles(disk, '/')).open()).toEqual({ first: 1, last: first - 1, cut: [first] });
    expect(disk.files).not.toContain(last);
  });

  test('zeros behind the last change are no change', async () => {
    const disk = newDisk();
    await fill(disk, 3);
    disk.change(disk.files[0]!, bytes => new Uint8Array([...bytes, ...new Uint8Array(5_000)]));
    expect(await new DiskLog(new LogFiles(disk, '/')).open()).toEqual({ first: 1, last: 3, cut: [] });
  });
});

describe('damage before the end', () => {
  test('is refused with the change, whatever bit it is', async () => {
    const whole = newDisk();
    await fill(whole, 60, { fileBytes: 4_000 });
    const below = random(5);
    for (let i = 0; i < 300; i++) {
      const disk = newDisk();
      await fill(disk, 60, { fileBytes: 4_000 });
      // Not in the last file: there the end may be meant.
      const name = disk.files[below(disk.files.length - 1)]!;
      disk.change(name, bytes => ((bytes[below(bytes.length)]! ^= 1 << below(8)), bytes));
      const log = await opened(disk);
      const error = await readAll(log).catch((e: unknown) => e) as StoreError;
      expect(error).toBeInstanceOf(StoreError);
      expect(error.changeId).toBeGreaterThanOrEqual(Number(name.slice(4)));
      expect(error.message).toContain(`change ${error.changeId} is damaged: it is not in \`/${name}\` as it was written`);
    }
  });

  test('is refused in the last file too, where a whole change follows', async () => {
    const disk = newDisk();
    await fill(disk, 50);
    disk.change(disk.files[0]!, bytes => ((bytes[5_000]! ^= 1), bytes));
    const log = new DiskLog(new LogFiles(disk, '/'));
    expect(await log.open()).toMatchObject({ last: 50, cut: [] });
    await expect(readAll(log)).rejects.toThrow(/change \d+ is damaged/);
  });

  test('a file that is missing is named by its first change', async () => {
    const disk = newDisk();
    await fill(disk, 60, { fileBytes: 4_000 });
    const [, second, third] = disk.files;
    await disk.remove(second!);
    const log = await opened(disk);
    await expect(readAll(log)).rejects.toThrow(`change ${Number(second!.slice(4))} is missing: the log goes on with change ${Number(third!.slice(4))}`);
  });
});
