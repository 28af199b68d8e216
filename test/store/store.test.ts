/** A store: a start finds what was there, checkpoints bound it, failures are told. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { dumpText } from '../../src/check/dump.ts';
import { testHost } from '../../src/check/test-host.ts';
import { Engine } from '../../src/engine.ts';
import type { LogLevel } from '../../src/host.ts';
import { open } from '../../src/index.ts';
import type { KeepOptions } from '../../src/store/retention.ts';
import { Store, hasStore, type StoreOptions } from '../../src/store/store.ts';
import { parseScope, type ScopeName } from '../../src/system/scope.ts';
import { random } from '../collection/random-queries.ts';
import { NO_FAULTS, SimDisk } from './simulation/sim-disk.ts';

/** An engine whose log lines are kept. */
function engineWithLog(): { engine: Engine; lines: string[] } {
  const lines: string[] = [];
  const host = { ...testHost(), log: (_level: LogLevel, text: string) => void lines.push(text) };
  return { engine: new Engine({ host }), lines };
}

function ask(engine: Engine, code: string, scope = '//stuff'): unknown {
  return engine.query({ user: engine.system.usersById.get(1)!, scope: parseScope(scope), code }, (_q, value) => value as unknown);
}

const newDisk = (): SimDisk => new SimDisk(random(1));
const openOn = (engine: Engine, disk: SimDisk, options: Partial<StoreOptions> = {}): Promise<Store> =>
  Store.on(engine, disk, '/', { durability: 'strict', create: true, ...options });

/** What a new start finds. */
async function reopened(disk: SimDisk): Promise<Engine> {
  const { engine } = engineWithLog();
  await (await openOn(engine, disk)).close();
  return engine;
}

test('a new store has the state of a first start; a later start has what was done, and goes on alike', async () => {
  const disk = newDisk();
  const first = engineWithLog().engine;
  const store = await openOn(first, disk);
  expect(store.created).toBe(true);
  ask(first, `
    set_type('P', {name: 'str', friends: '{P}', best: 'P?'});
    .iris = P{name: 'Iris'}; .cato = P{name: 'Cato'};
    .iris.friends.add(.cato); .cato.best = .iris;
    .list = [1, 'two', 3.5, [nil], bytes('b'), |x| x + 1, datetime(2024, 1, 1)];
    .dict = thing(); .dict['a key'] = {deep: [{}]};
  `);
  for (let i = 0; i < 300; i++) ask(first, '.list.push({i: .list.len()});');
  ask(first, "new_user('tess'); set_password('tess', 'x y'); grant('//stuff', 'tess', QUERY); new_collection('more');", '@thingsdb');
  ask(first, '.a = 1; .del("a");', '//more');
  expect(() => ask(first, '.half = 1; 1 / 0;')).toThrow();
  await store.durable();
  expect(store.durable()).toBe(null);
  expect(first.host.node).toMatchObject({ storedChangeId: first.changeId, archivedInMemory: first.changeId, archiveFiles: 1 });

  // Not closed: as after a crash.
  for (const checkpoint of [false, true]) {
    if (checkpoint) {
      await store.checkpoint();
      expect(first.host.node).toMatchObject({ archivedInMemory: 0, archiveFiles: 0 });
      ask(first, '.list.push(P{name: "later"});');
      await store.durable();
      expect(disk.files.length).toBe(2);
    }
    const second = engineWithLog().engine;
    const again = await openOn(second, disk.copy());
    expect(again.created).toBe(false);
    expect(dumpText(second)).toBe(dumpText(first));
    expect(second.changeId).toBe(first.changeId);
    expect(second.host.node).toMatchObject({ storedChangeId: first.changeId, archivedInMemory: checkpoint ? 1 : first.changeId });
    for (const engine of [first, second]) ask(engine, '.iris.friends.clear(); .list.push(P{name: "Tess"});');
    expect(dumpText(second)).toBe(dumpText(first));
    await store.durable();
  }
});

test('relaxed: nobody waits, and a clean end keeps everything', async () => {
  const disk = newDisk();
  const { engine } = engineWithLog();
  const store = await openOn(engine, disk, { durability: 'relaxed' });
  for (let i = 0; i < 100; i++) ask(engine, '.n = ' + i);
  expect(store.durable()).toBe(null);
  await store.close();
  expect(ask(await reopened(disk), '.n')).toBe(99);
});

test('without a store and without leave to make one it says so', async () => {
  await expect(openOn(engineWithLog().engine, newDisk(), { create: false })).rejects.toMatchObject({ name: 'NoStore' });
});

test('a cut is told, damage ends the start', async () => {
  const disk = newDisk();
  const { engine } = engineWithLog();
  const store = await openOn(engine, disk);
  for (let i = 0; i < 9; i++) {
    ask(engine, '.n = ' + i);
    await store.durable();
  }
  await store.close();
  const [file] = disk.files;
  disk.change(file!, bytes => bytes.slice(0, -8));
  const second = engineWithLog();
  await (await openOn(second.engine, disk)).close();
  expect(second.lines).toContain('cut off change 10 at the end of the store: not written whole when the last process ended');
  expect(ask(second.engine, '.n')).toBe(7);
  disk.change(file!, bytes => ((bytes[bytes.length - 100]! ^= 1), bytes));
  await expect(openOn(engineWithLog().engine, disk)).rejects.toMatchObject({ name: 'StoreError', message: expect.stringMatching(/change \d is damaged/) });
});

describe('checkpoints', () => {
  test('bound the files by the size of the state, whatever is written', async () => {
    const disk = newDisk();
    const { engine } = engineWithLog();
    const store = await openOn(engine, disk, { checkpoints: { minBytes: 20_000 }, logFiles: { fileBytes: 10_000, aheadMax: 4_096 } });
    ask(engine, '.list = range(100).map(|i| {i:});');
    let most = 0;
    for (let i = 0; i < 5_000; i++) {
      ask(engine, `.list[${i % 100}].i = 'some text that is not short' + ${i};`.replace('+ ', '+ str(') .replace(/;$/, ');'));
      if (i % 50 !== 0) continue;
      await store.durable();
      let bytes = 0;
      for (const name of disk.files) disk.change(name, content => ((bytes += content.length), content));
      most = Math.max(most, bytes);
    }
    await store.close();
    expect(most).toBeLessThan(80_000);
    expect(dumpText(await reopened(disk))).toBe(dumpText(engine));
  });

  test('what is behind them is kept, with the log, as long as it is young and small enough', async () => {
    const disk = newDisk();
    let now = 1_767_225_600;
    const start = async (keep: Partial<KeepOptions>): Promise<{ engine: Engine; store: Store }> => {
      const engine = new Engine({ host: testHost({ now: () => now }) });
      return { engine, store: await openOn(engine, disk, { keep, logFiles: { fileBytes: 300 } }) };
    };
    const idsIn = async (store: Store, from: number): Promise<number[]> => {
      const ids: number[] = [];
      for await (const changes of store.changes(from)) ids.push(...changes.map(({ id }) => id));
      return ids;
    };
    const checkpoints = (): number[] => disk.files.filter(name => name.startsWith('checkpoint-')).map(name => Number(name.slice(-16)));
    const { engine, store } = await start({ seconds: 1_000, bytes: Infinity });
    // One change a minute; a checkpoint after 4, 8 … 52.
    for (let id = engine.changeId + 1; id <= 55; id++) {
      now += 60;
      ask(engine, `.n = ${id}; .text = 'some text';`);
      await store.durable();
      if (id % 4 === 0) await store.checkpoint();
    }
    // Change 32 was made 1,200 seconds before the last checkpoint, change 36 960 seconds.
    expect(checkpoints()).toEqual([32, 36, 40, 44, 48, 52]);
    expect(await idsIn(store, 33)).toEqual(Array.from({ length: 23 }, (_, i) => 33 + i));
    await expect(idsIn(store, 32)).rejects.toThrow('change 32 is not in the log any more: it begins with change 33');
    await store.close();

    // Now change 40 was made 1,000 seconds ago.
    now += 100;
    const second = await start({ seconds: 1_000, bytes: Infinity });
    expect(ask(second.engine, '.n')).toBe(55);
    expect(checkpoints()).toEqual([36, 40, 44, 48, 52]);
    await second.store.close();
    now += 1;
    await (await start({ seconds: 1_000, bytes: Infinity })).store.close();
    expect(checkpoints()).toEqual([40, 44, 48, 52]);
    const behind = disk.files.filter(name => Number(name.slice(-16)) > 44 && Number(name.slice(-16)) < 52 || name === 'checkpoint-0000000000000044');
    const size = behind.reduce((sum, name) => sum + disk.sizeOf(name), 0);
    await (await start({ seconds: 1_000, bytes: size })).store.close();
    expect(checkpoints()).toEqual([44, 48, 52]);
    await (await start({ seconds: 1_000, bytes: size - 1 })).store.close();
    expect(checkpoints()).toEqual([48, 52]);
    await (await start({ seconds: 0 })).store.close();
    expect(disk.files).toEqual(['checkpoint-0000000000000052', 'log-0000000000000053']);
  });

  test('where a time is set for what is kept, one is also written when the log has become old', async () => {
    const disk = newDisk();
    let now = 1_767_225_600;
    const start = async (): Promise<{ engine: Engine; store: Store }> => {
      const engine = new Engine({ host: testHost({ now: () => now }) });
      return { engine, store: await openOn(engine, disk, { keep: { seconds: 400 } }) };
    };
    const first = await start();
    ask(first.engine, '.n = 2');
    await first.store.close();
    now += 90;
    const { engine, store } = await start();
    ask(engine, '.n = 3');
    await store.durable();
    expect(disk.files.filter(name => name.startsWith('checkpoint-'))).toEqual([]);
    // Of the log, not of the process.
    now += 20;
    ask(engine, '.n = 4');
    await store.durable();
    await store.checkpoint();
    expect(disk.files).toContain('checkpoint-0000000000000004');
    await store.close();
  });

  test('a damaged one gives way to the one before while the log goes back that far, else the start is refused', async () => {
    const disk = newDisk();
    const { engine } = engineWithLog();
    const store = await openOn(engine, disk);
    ask(engine, '.a = 1');
    await store.checkpoint();
    const [first] = disk.files;
    ask(engine, '.b = 2');
    await store.durable();
    const before = new Map(disk.files.map(name => {
      let content = new Uint8Array(0);
      disk.change(name, bytes => (content = bytes));
      return [name, content];
    }));
    await store.checkpoint();
    const newest = disk.files.find(name => name !== first && name.startsWith('checkpoint'))!;
    await store.close();
    disk.change(newest, bytes => ((bytes[20]! ^= 1), bytes));
    await expect(openOn(engineWithLog().engine, disk)).rejects.toThrow(`the checkpoint \`/${newest}\` cannot be used: block 0 of the snapshot is damaged`);
    // As if the process had ended before it could remove what was behind.
    for (const [name, content] of before) {
      await disk.open(name, 'write');
      disk.change(name, () => content);
    }
    const again = engineWithLog();
    await openOn(again.engine, disk);
    expect(ask(again.engine, '.a + .b')).toBe(3);
    expect(again.lines).toContain('going on with the checkpoint of change 2 and the log after it');
  });

  test('one that fails is told and leaves nothing; the log goes on', async () => {
    const disk = newDisk();
    const { engine, lines } = engineWithLog();
    const store = await openOn(engine, disk);
    ask(engine, ".text = 'a'; for (x in range(14)) { .text += .text; };");
    await store.durable();
    disk.faults = { failing: 0, room: 60_000 };
    await expect(store.checkpoint()).rejects.toThrow('no space left on the disk');
    expect(lines).toEqual(['a checkpoint could not be written (no space left on the disk); the log keeps all changes meanwhile, and it is tried again when it has grown']);
    expect(disk.files).toEqual(['log-0000000000000001']);
    disk.faults = NO_FAULTS;
    ask(engine, '.n = 1');
    await store.durable();
    await store.checkpoint();
    await store.close();
    expect(disk.files).toEqual(['checkpoint-0000000000000003']);
    expect(dumpText(await reopened(disk))).toBe(dumpText(engine));
  });

  test('an end in good order gives up the one that is written', async () => {
    const disk = newDisk();
    const { engine } = engineWithLog();
    const store = await openOn(engine, disk);
    ask(engine, '.list = range(30000).map(|i| {i:});');
    const given = store.checkpoint();
    await Promise.all([expect(given).rejects.toThrow(), store.close()]);
    expect(disk.files).toEqual(['log-0000000000000001']);
    expect(engine.system.collections[0]!.watchers.size).toBe(0);
  });
});

test('queries of a collection wait for its changes and those of the whole, not for those of others', async () => {
  const { engine } = engineWithLog();
  const store = await openOn(engine, newDisk());
  const [stuff, other, whole] = ['//stuff', '//other', '@t'].map(parseScope) as [ScopeName, ScopeName, ScopeName];
  ask(engine, "new_collection('other')", '@t');
  expect(store.durable(other)).not.toBe(null);
  expect(store.durable(stuff)).not.toBe(null);
  await store.durable();
  ask(engine, '.n = 1');
  expect(store.durable(stuff)).not.toBe(null);
  expect(store.durable(whole)).not.toBe(null);
  expect(store.durable(other)).toBe(null);
  await store.durable();
  expect(store.durable(stuff)).toBe(null);
  await store.close();
});

describe('when syncs fail', () => {
  test('who waits is told, changes are refused, reads go on; later all is stored, and changes go on', async () => {
    const disk = newDisk();
    const { engine, lines } = engineWithLog();
    const store = await openOn(engine, disk, { retryMs: 5 });
    ask(engine, '.n = 1');
    await store.durable();
    disk.faults = { failing: 100, room: Infinity };
    ask(engine, '.n = 2');
    await expect(store.durable()).rejects.toMatchObject({ code: -1, message: expect.stringContaining('is not stored yet (input/output error)') });
    expect(() => ask(engine, '.n = 3')).toThrow(expect.objectContaining({
      code: -51, message: 'changes are refused at the moment, since they cannot be stored: input/output error',
    }));
    expect(ask(engine, '.n')).toBe(2);
    expect(store.durable()).toBe(null);
    disk.faults = NO_FAULTS;
    await new Promise<void>(resolve => {
      const look = (): void => void (engine.storeFailure === '' ? resolve() : setImmediate(look));
      look();
    });
    ask(engine, '.n += 2');
    await store.durable();
    expect(lines).toEqual([
      'changes cannot be stored (input/output error); they are refused until they can, reads go on',
      'changes can be stored again',
    ]);
    expect(ask(await reopened(disk), '.n')).toBe(4);
    await store.close();
  });

  test('an end while they fail tries once more, and says what is lost', async () => {
    const disk = newDisk();
    const { engine } = engineWithLog();
    const store = await openOn(engine, disk);
    disk.faults = { failing: 100, room: Infinity };
    ask(engine, '.n = 1');
    await expect(store.close()).rejects.toThrow('changes 2 to 2 are lost, since they could not be stored: input/output error');
    expect(() => ask(engine, '.n = 2')).toThrow('the store is closed');
  });
});

describe('the library on a path', () => {
  const root = mkdtempSync(join(tmpdir(), 'thingscope-store-'));
  afterAll(() => rmSync(root, { recursive: true }));

  test('keeps what was done', async () => {
    const path = join(root, 'library');
    const db = await open({ path });
    await db.query('.greeting = "Hello"; .n = 0;');
    await Promise.all(Array.from({ length: 100 }, () => db.query('.n += 1;')));
    await db.close();
    await expect(db.query('.n += 1')).rejects.toMatchObject({ name: 'node_err' });
    const again = await open({ path });
    expect(await again.query('[.greeting, .n]')).toEqual(['Hello', 100]);
    await again.close();
  });

  test('checkpoints are files like others', async () => {
    const path = join(root, 'checkpoint');
    const { engine } = engineWithLog();
    const store = await Store.open(engine, path, { durability: 'strict', create: true });
    ask(engine, '.list = range(1000).map(|i| {i:});');
    await store.checkpoint();
    await store.close();
    expect(hasStore(path)).toBe(true);
    const again = engineWithLog().engine;
    await (await Store.open(again, path, { durability: 'strict', create: false })).close();
    expect(dumpText(again)).toBe(dumpText(engine));
  });

  test('a path is opened once at a time', async () => {
    const path = join(root, 'once');
    const db = await open({ path });
    await expect(open({ path })).rejects.toThrow(/is used by this process already/);
    await db.close();
    await (await open({ path })).close();
  });

  test('a path that cannot be used is named', async () => {
    await expect(open({ path: '/dev/null/x' })).rejects.toThrow(/cannot use `\/dev\/null\/x`/);
  });

  test('a store in the earlier layout is refused by its name', async () => {
    const path = join(root, 'earlier');
    mkdirSync(join(path, 'store'), { recursive: true });
    writeFileSync(join(path, 'store', 'data.mdb'), '');
    expect(hasStore(path)).toBe(true);
    await expect(open({ path })).rejects.toThrow('holds a store in an earlier layout (`store/data.mdb`, of LMDB)');
    Store.wipe(path);
    expect(existsSync(join(path, 'store'))).toBe(false);
  });
});
