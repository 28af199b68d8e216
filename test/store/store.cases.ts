/** What must hold of a change log and a store on every disk. */
import { expect, test } from 'vitest';
import { dumpText } from '../../src/check/dump.ts';
import { testHost } from '../../src/check/test-host.ts';
import { Engine, type CommittedChange } from '../../src/engine.ts';
import type { LogLevel } from '../../src/host.ts';
import { parseScope } from '../../src/system/scope.ts';
import type { StoreError } from '../../src/errors/store-error.ts';
import { DiskLog } from '../../src/store/disk-log.ts';
import type { Disk } from '../../src/store/disk.ts';
import { Store, type Durability } from '../../src/store/store.ts';

/** A disk under test: handles on it come and go, what was written stays. */
export interface DiskUnderTest {
  /** A new handle, as a new process has it. The one before is closed, or dropped as by a crash. */
  handle(): Disk;
  /** Changes the bytes of a record behind everyone's back; null removes it. */
  damage(id: number, change: (record: Uint8Array) => Uint8Array | null): Promise<void>;
}

const bytesOf = (id: number): Uint8Array => Uint8Array.from({ length: (id * 7) % 400 }, (_, i) => (i * id) & 255);
const change = (id: number): CommittedChange => ({ id, scope: id % 3, events: bytesOf(id) });

async function readAll(log: DiskLog, from = 1): Promise<CommittedChange[]> {
  const all: CommittedChange[] = [];
  for await (const piece of log.read(from)) all.push(...piece);
  return all;
}

async function fill(disk: Disk, count: number): Promise<void> {
  const log = new DiskLog(disk);
  await log.open();
  for (let id = 1; id <= count; id++) void log.append(change(id));
  await log.close();
}

/** An engine whose log lines are kept. */
export function engineWithLog(): { engine: Engine; lines: string[] } {
  const lines: string[] = [];
  const host = { ...testHost(), log: (_level: LogLevel, text: string) => void lines.push(text) };
  return { engine: new Engine({ host }), lines };
}

export function ask(engine: Engine, code: string, scope = '//stuff'): unknown {
  return engine.query({ user: engine.system.usersById.get(1)!, scope: parseScope(scope), code }, (_q, value) => value as unknown);
}

const open = (engine: Engine, disk: Disk, durability: Durability = 'strict'): Promise<Store> => Store.on(engine, disk, { durability, create: true });

export function storeCases(make: () => DiskUnderTest): void {
  test('changes come back as they were, in order, from any one on', async () => {
    const under = make();
    await fill(under.handle(), 500);
    const log = new DiskLog(under.handle());
    expect(await log.open()).toEqual({ first: 1, last: 500, cut: [], snapshot: null });
    const all = await readAll(log);
    expect(all.map(({ id, scope }) => [id, scope])).toEqual(Array.from({ length: 500 }, (_, i) => [i + 1, (i + 1) % 3]));
    expect(all.every(({ id, events }) => Buffer.compare(events, bytesOf(id)) === 0)).toBe(true);
    expect((await readAll(log, 321))[0]!.id).toBe(321);
    expect(await readAll(log, 501)).toEqual([]);
    await log.close();
  });

  test('an empty log', async () => {
    const under = make();
    const log = new DiskLog(under.handle());
    expect(await log.open()).toEqual({ first: 0, last: 0, cut: [], snapshot: null });
    expect(log.pending).toBe(null);
    expect(await readAll(log)).toEqual([]);
    await log.close();
  });

  test('a record larger than a page', async () => {
    const under = make();
    const log = new DiskLog(under.handle());
    await log.open();
    const events = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * 31) & 255);
    await log.append({ id: 1, scope: 1, events });
    await log.close();
    const again = new DiskLog(under.handle());
    await again.open();
    expect(Buffer.compare((await readAll(again))[0]!.events, events)).toBe(0);
    await again.close();
  });

  test('trimmed changes are gone, the others stay, and it goes on', async () => {
    const under = make();
    const log = new DiskLog(under.handle());
    await log.open();
    for (let id = 1; id <= 300; id++) void log.append(change(id));
    await log.pending;
    await log.trim(200);
    await log.trim(100);
    await log.append(change(301));
    await log.close();
    const again = new DiskLog(under.handle());
    expect(await again.open()).toMatchObject({ first: 201, last: 301 });
    expect((await readAll(again, 201)).length).toBe(101);
    await again.close();
  });

  test('a torn tail is cut off and named, and written anew', async () => {
    const under = make();
    await fill(under.handle(), 50);
    await under.damage(48, record => record.slice(0, 10));
    await under.damage(49, record => record.fill(0));
    await under.damage(50, record => record.slice(0, record.length - 1));
    const log = new DiskLog(under.handle());
    expect(await log.open()).toEqual({ first: 1, last: 47, cut: [48, 49, 50], snapshot: null });
    expect((await readAll(log)).length).toBe(47);
    await log.append(change(48));
    await log.close();
    const again = new DiskLog(under.handle());
    expect(await again.open()).toMatchObject({ last: 48, cut: [] });
    await again.close();
  });

  const flips: Record<string, (record: Uint8Array) => Uint8Array | null> = {
    'a bit of the events': record => ((record[record.length - 3]! ^= 4), record),
    'a bit of the scope': record => ((record[17]! ^= 1), record),
    'a bit of the checksum': record => ((record[0]! ^= 128), record),
    'the length': record => record.slice(0, 30),
    'all of it': () => new Uint8Array(0),
  };
  for (const [what, flip] of Object.entries(flips)) {
    test(`a damaged record is refused with its change id: ${what}`, async () => {
      const under = make();
      await fill(under.handle(), 50);
      await under.damage(20, flip);
      const log = new DiskLog(under.handle());
      expect(await log.open()).toMatchObject({ last: 50, cut: [] });
      const error = await readAll(log).catch((e: unknown) => e) as StoreError;
      expect([error.name, error.changeId, error.message]).toEqual(['StoreError', 20, 'change 20 is damaged: its record is not what was written']);
      await log.close();
    });
  }

  test('a missing record is refused with its change id', async () => {
    const under = make();
    await fill(under.handle(), 50);
    await under.damage(20, () => null);
    const log = new DiskLog(under.handle());
    await log.open();
    await expect(readAll(log)).rejects.toThrow('change 20 is missing, but there is change 21');
    await log.close();
  });

  test('a log without one whole record is refused, not emptied', async () => {
    const under = make();
    await fill(under.handle(), 2);
    for (const id of [1, 2]) await under.damage(id, record => record.fill(0));
    const log = new DiskLog(under.handle());
    await expect(log.open()).rejects.toThrow('change 1 is damaged');
    await log.close();
  });

  test('a new store has the state of a first start; a later start has what was done', async () => {
    const under = make();
    const first = engineWithLog().engine;
    const store = await open(first, under.handle());
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
    expect(first.host.node.storedChangeId).toBe(first.changeId);

    // Not closed: as after a crash.
    const second = engineWithLog().engine;
    const reopened = await open(second, under.handle());
    expect(reopened.created).toBe(false);
    expect(dumpText(second)).toBe(dumpText(first));
    expect(second.changeId).toBe(first.changeId);

    // And it goes on as the first one would have.
    for (const engine of [first, second]) ask(engine, '.iris.friends.clear(); .list.push(P{name: "Tess"});');
    expect(dumpText(second)).toBe(dumpText(first));
    await reopened.close();
    await store.close().catch(() => {});
  });

  test('relaxed: nobody waits, and a clean end keeps everything', async () => {
    const under = make();
    const { engine } = engineWithLog();
    const store = await open(engine, under.handle(), 'relaxed');
    for (let i = 0; i < 100; i++) ask(engine, '.n = ' + i);
    expect(store.durable()).toBe(null);
    await store.close();
    const again = engineWithLog().engine;
    await (await open(again, under.handle())).close();
    expect(ask(again, '.n')).toBe(99);
  });

  test('without a store and without leave to make one it says so', async () => {
    await expect(Store.on(engineWithLog().engine, make().handle(), { durability: 'strict', create: false })).rejects.toMatchObject({ name: 'NoStore' });
  });

  test('a cut is told, damage ends the start', async () => {
    const under = make();
    const first = engineWithLog().engine;
    const store = await open(first, under.handle());
    for (let i = 0; i < 9; i++) ask(first, '.n = ' + i);
    await store.close();
    await under.damage(10, record => record.slice(0, 20));
    const second = engineWithLog();
    await (await open(second.engine, under.handle())).close();
    expect(second.lines).toContain('cut off change 10 at the end of the store: not written whole when the last process ended');
    expect(ask(second.engine, '.n')).toBe(7);
    await under.damage(5, record => ((record[record.length - 1]! ^= 1), record));
    await expect(open(engineWithLog().engine, under.handle())).rejects.toMatchObject({ changeId: 5 });
  });
}
