import { describe, expect, test } from 'vitest';
import { DiskLog } from '../../src/store/disk-log.ts';
import { MemoryDisk } from '../../src/store/memory.ts';
import { Store } from '../../src/store/store.ts';
import { ask, engineWithLog, storeCases } from './store.cases.ts';

describe('in memory', () => {
  storeCases(() => {
    const disk = new MemoryDisk();
    return {
      handle: () => disk,
      async damage(id, change) {
        const changed = change(disk.records.get(id)!.slice());
        if (changed === null) disk.records.delete(id);
        else disk.records.set(id, changed);
      },
    };
  });
});

const change = (id: number) => ({ id, scope: 0, events: new Uint8Array(3) });

/** A gate for a disk's writes. */
function gate(): { closed: Promise<void>; open: () => void } {
  let open = (): void => {};
  const closed = new Promise<void>(resolve => (open = resolve));
  return { closed, open };
}

describe('group commit', () => {
  test('what comes in one turn, and while a sync runs, shares a sync', async () => {
    const disk = new MemoryDisk();
    const log = new DiskLog(disk);
    await log.open();
    const { closed, open } = gate();
    disk.gate = closed;
    const first = Array.from({ length: 50 }, (_, i) => log.append(change(i + 1)));
    await new Promise(resolve => setImmediate(resolve));
    const second = Array.from({ length: 50 }, (_, i) => log.append(change(i + 51)));
    expect(disk.syncs).toBe(0);
    open();
    await Promise.all([...first, ...second]);
    expect(disk.syncs).toBe(2);
    expect(log.pending).toBe(null);
    await log.close();
  });

  test('a change is durable no earlier than those before it', async () => {
    const disk = new MemoryDisk();
    const durable: number[] = [];
    const log = new DiskLog(disk, { onDurable: id => void durable.push(id) });
    await log.open();
    const done: number[] = [];
    const all: Promise<unknown>[] = [];
    for (let id = 1; id <= 30; id++) {
      all.push(log.append(change(id)).then(() => done.push(id)));
      if (id % 7 === 0) await new Promise(resolve => setImmediate(resolve));
    }
    await Promise.all(all);
    expect(done).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
    expect(durable).toEqual([...durable].sort((a, b) => a - b));
    expect(durable.at(-1)).toBe(30);
    await log.close();
  });
});

describe('when syncs fail', () => {
  test('who waits is told, changes are refused, reads go on; later all is stored, and changes go on', async () => {
    const disk = new MemoryDisk();
    const { engine, lines } = engineWithLog();
    const store = await Store.on(engine, disk, { durability: 'strict', create: true, retryMs: 5 });
    ask(engine, '.n = 1');
    await store.durable();
    disk.failure = new Error('no space left on the disk');
    ask(engine, '.n = 2');
    await expect(store.durable()).rejects.toMatchObject({ code: -1, message: expect.stringContaining('is not stored yet (no space left on the disk)') });
    expect(() => ask(engine, '.n = 3')).toThrow(expect.objectContaining({
      code: -51, message: 'changes are refused at the moment, since they cannot be stored: no space left on the disk',
    }));
    expect(ask(engine, '.n')).toBe(2);
    expect(store.durable()).toBe(null);
    disk.failure = null;
    await new Promise<void>(resolve => {
      const look = (): void => void (engine.storeFailure === '' ? resolve() : setImmediate(look));
      look();
    });
    ask(engine, '.n += 2');
    await store.durable();
    expect(lines).toEqual([
      'changes cannot be stored (no space left on the disk); they are refused until they can, reads go on',
      'changes can be stored again',
    ]);
    const again = engineWithLog().engine;
    await Store.on(again, disk, { durability: 'strict', create: true });
    expect(ask(again, '.n')).toBe(4);
    await store.close();
  });

  test('an end while they fail tries once more, and says what is lost', async () => {
    const disk = new MemoryDisk();
    const { engine } = engineWithLog();
    const store = await Store.on(engine, disk, { durability: 'strict', create: true });
    disk.failure = new Error('input/output error');
    ask(engine, '.n = 1');
    await expect(store.close()).rejects.toThrow('changes 2 to 2 are lost, since they could not be stored: input/output error');
    expect(() => ask(engine, '.n = 2')).toThrow('the store is closed');
  });
});
