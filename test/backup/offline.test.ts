/** What is done with the data of a server that does not run: verify, recover, changes, restore. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { saveBackup } from '../../src/backup/backup-file.ts';
import { changesCommand } from '../../src/backup/changes-command.ts';
import { recoverCommand } from '../../src/backup/recover-command.ts';
import { restoreCommand } from '../../src/backup/restore-command.ts';
import { verifyCommand } from '../../src/backup/verify-command.ts';
import { dumpText } from '../../src/check/dump.ts';
import { testHost } from '../../src/check/test-host.ts';
import { Engine } from '../../src/engine.ts';
import { open } from '../../src/index.ts';
import type { KeepOptions } from '../../src/store/retention.ts';
import { takeSnapshot } from '../../src/snapshot/take.ts';
import { Store } from '../../src/store/store.ts';
import { parseScope } from '../../src/system/scope.ts';
import { told } from './told.ts';

/** 2026-01-01T00:00:00Z */
const START = 1_767_225_600;

let directory: string;
let data: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'thingscope-offline-'));
  data = join(directory, 'data');
});
afterEach(() => rmSync(directory, { recursive: true }));

interface Life {
  readonly engine: Engine;
  readonly store: Store;
  /** The state after each change. */
  readonly states: Map<number, string>;
  run(code: string, scope?: string): Promise<void>;
}

/** A minute passes with each change. */
async function live(keep: Partial<KeepOptions> = {}, audit = false): Promise<Life> {
  let minutes = 0;
  const engine = new Engine({ host: testHost({ now: () => START + 60 * minutes }), ...(audit ? { audit: { textSize: 30 } } : {}) });
  const store = await Store.open(engine, data, { durability: 'strict', create: true, keep });
  const states = new Map([[engine.changeId, dumpText(engine)]]);
  return {
    engine, store, states,
    async run(code, scope = '//stuff') {
      minutes++;
      engine.query({ user: engine.system.usersById.get(1)!, scope: parseScope(scope), code }, () => null);
      states.set(engine.changeId, dumpText(engine));
      await store.durable();
    },
  };
}

async function stateIn(path: string): Promise<string> {
  const engine = new Engine({ host: testHost() });
  const store = await Store.open(engine, path, { durability: 'strict', create: false });
  await store.close();
  return dumpText(engine);
}

test('a point in time is reached by the id of a change or by a time, also from a backup', async () => {
  const { engine, store, states, run } = await live();
  await run('.n = 2; .l = [];');
  const backup = join(directory, 'a.tar.gz');
  await saveBackup(engine, backup);
  for (let n = 3; n <= 12; n++) await run(`.n = ${n}; .l.push({n: ${n}});`);
  await store.close();
  const recover = (...args: string[]): Promise<{ out: string; code: number }> => told(recoverCommand([data, ...args]));
  const to = (name: string): string => join(directory, name);

  expect(await recover('--until', '7', '--to', to('a'))).toEqual({ out: `the state after change 7 is in ${to('a')}\n`, code: 0 });
  expect(await stateIn(to('a'))).toBe(states.get(7));
  // Change 5 was made in minute 4.
  expect((await recover('--until', '2026-01-01T00:04:30Z', '--to', to('b'))).code).toBe(0);
  expect(await stateIn(to('b'))).toBe(states.get(5));
  expect((await recover('--until', '9', '--to', to('c'), '--backup', backup)).code).toBe(0);
  expect(await stateIn(to('c'))).toBe(states.get(9));

  const refusals: [string[], RegExp][] = [
    [['--until', '13', '--to', to('d')], /change 13 is not there: change 12 is the last/],
    [['--until', '1', '--to', to('d'), '--backup', backup], /the backup holds the state after change 2, which is later than change 1/],
    [['--until', '2020-01-01', '--to', to('d')], /^nothing leads to the state at that time: the log holds changes 1 to 12, all made later; an older backup may/],
    [['--until', '7', '--to', to('a')], /holds a store already/],
    [['--until', 'noon', '--to', to('d')], /--until takes the id of a change or a time/],
    [['--until', '7'], /--to is needed\nusage: thingscope recover/],
  ];
  for (const [args, text] of refusals) expect(await recover(...args)).toEqual({ out: expect.stringMatching(text), code: 1 });
});

test('with a log that is kept, a point in time before the last checkpoints is reached, from a kept one or from a backup', async () => {
  const { engine, store, states, run } = await live({ seconds: 24 * 3600 });
  await run('.n = 2; .l = [];');
  const backup = join(directory, 'a.tar.gz');
  await saveBackup(engine, backup);
  for (let n = 3; n <= 12; n++) {
    await run(`.n = ${n}; .l.push({n: ${n}});`);
    if (n % 4 === 0) await store.checkpoint();
  }
  for (let n = 13; n <= 14; n++) await run(`.n = ${n};`);
  await store.close();
  expect(readdirSync(join(data, 'store')).filter(name => name.startsWith('checkpoint-'))).toHaveLength(3);
  const reached = async (name: string, ...args: string[]): Promise<string> => {
    const { out, code } = await told(recoverCommand([data, '--to', join(directory, name), ...args]));
    expect({ out, code }).toMatchObject({ code: 0 });
    return stateIn(join(directory, name));
  };
  expect(await reached('a', '--until', '2')).toBe(states.get(2));
  expect(await reached('b', '--until', '7')).toBe(states.get(7));
  // Change 6 was made in minute 5.
  expect(await reached('c', '--until', '2026-01-01T00:05:30Z')).toBe(states.get(6));
  expect(await reached('d', '--until', '10', '--backup', backup)).toBe(states.get(10));
  expect(await reached('e', '--until', '2026-01-01T00:07:59Z', '--backup', backup)).toBe(states.get(8));
  // A checkpoint on the way is not needed.
  rmSync(join(data, 'store', 'checkpoint-0000000000000004'));
  expect(await reached('f', '--until', '7')).toBe(states.get(7));
  expect((await told(verifyCommand([data]))).out).toBe('checkpoint of change 8: good\ncheckpoint of change 12: good\nlog of changes 1 to 14: good\na start goes on from change 14\n');

  // Damage in what is kept does no harm, nor to a start.
  const name = readdirSync(join(data, 'store')).find(name => name.startsWith('log-'))!;
  const bytes = readFileSync(join(data, 'store', name));
  writeFileSync(join(data, 'store', name), bytes.map((byte, i) => (i === bytes.length - 9 ? byte ^ 1 : byte)));
  expect(await told(verifyCommand([data]))).toEqual({ out: expect.stringMatching(
    /log of changes 1 to 3: good\nlog: DAMAGED: change 4 is damaged: .*\nlog of changes 13 to 14: good\na start goes on from change 14\n$/), code: 1 });
  expect(await reached('g', '--until', '2026-01-01T00:11:30Z')).toBe(states.get(12));
  expect(await stateIn(data)).toBe(states.get(14));
});

test('behind a checkpoint there is nothing but an older backup', async () => {
  const { engine, store, states, run } = await live();
  await run('.n = 2;');
  const backup = join(directory, 'a.tar.gz');
  await saveBackup(engine, backup);
  await run('.n = 3;');
  await store.checkpoint();
  await run('.n = 4;');
  await store.close();
  const to = join(directory, 'to');
  expect((await told(recoverCommand([data, '--until', '2', '--to', to]))).out).toMatch(/^nothing leads to the state after change 2: the oldest checkpoint is that of change 3, and the log holds changes 4 to 4; an older backup may/);
  expect((await told(recoverCommand([data, '--until', '4', '--to', to, '--backup', backup]))).out).toMatch(/^change 3 is not there: the log holds changes 4 to 4$/m);
  expect((await told(recoverCommand([data, '--until', '2026-01-01T00:01:30Z', '--to', to, '--backup', backup]))).out)
    .toMatch(/^nothing leads from the backup, the state after change 2, to that time: the log holds changes 4 to 4$/m);
  expect((await told(recoverCommand([data, '--until', '3', '--to', to]))).code).toBe(0);
  expect(await stateIn(to)).toBe(states.get(3));

  const restored = join(directory, 'restored');
  expect((await told(restoreCommand([backup, '--path', restored]))).out).toMatch(/^restored the backup of 2026-01-01T00:01:00Z, the state after change 2, in /);
  expect(await stateIn(restored)).toBe(states.get(2));
  expect((await told(restoreCommand([backup, '--path', data]))).out).toMatch(/holds a store already/);
});

test('verify tells what is good, torn and damaged', async () => {
  const { engine, store, run } = await live();
  for (let n = 2; n <= 9; n++) await run(`.n = ${n};`);
  const backup = join(directory, 'a.tar.gz');
  await saveBackup(engine, backup);
  const verify = (path = data): Promise<{ out: string; code: number }> => told(verifyCommand([path]));
  expect((await verify()).out).toMatch(/is used by this process already/);
  await store.close();
  expect(await verify()).toEqual({ out: 'log of changes 1 to 9: good\na start goes on from change 9\n', code: 0 });
  expect(await verify(backup)).toEqual({ out: 'good: the state after change 9, with 1 collection\n', code: 0 });
  expect((await verify(directory)).out).toMatch(/there is no store in/);

  const [name] = readdirSync(join(data, 'store')).filter(name => name.startsWith('log-'));
  const file = join(data, 'store', name!);
  const good = readFileSync(file);
  writeFileSync(file, good.subarray(0, -3));
  expect(await verify()).toEqual({
    out: 'log of changes 1 to 8: good\nchange 9 at the end of the log: not written whole, so nobody was told that it was stored; a start cuts it off\na start goes on from change 8\n', code: 0,
  });
  expect(readFileSync(file).length, 'it is only looked at').toBe(good.length - 3);
  const bad = Buffer.from(good);
  bad[Math.floor(good.length * 0.6)]! ^= 1;
  writeFileSync(file, bad);
  const { out, code } = await verify();
  const [, until] = /all up to change (\d+) can be had/.exec(out)!;
  expect(code).toBe(1);
  expect(out).toMatch(new RegExp(`log of changes 1 to ${until}: good\nlog: DAMAGED: change ${Number(until) + 1} is damaged`));
  await expect(stateIn(data)).rejects.toThrow(
    `as it was written. \`thingscope verify ${data}\` says what is good, and \`thingscope recover ${data} --until CHANGE_ID --to DIR\` gets all up to a change`);
  const to = join(directory, 'to');
  expect((await told(recoverCommand([data, '--until', until!, '--to', to]))).code).toBe(0);
  expect(await verify(to)).toEqual({ out: `checkpoint of change ${until}: good\nlog: empty\na start goes on from change ${until}\n`, code: 0 });

  const [checkpoint] = readdirSync(join(to, 'store')).filter(name => name.startsWith('checkpoint-'));
  const bytes = readFileSync(join(to, 'store', checkpoint!));
  bytes[100]! ^= 4;
  writeFileSync(join(to, 'store', checkpoint!), bytes);
  expect(await verify(to)).toEqual({ out: expect.stringMatching(/checkpoint of change \d: DAMAGED: .*\nlog: empty\nnothing holds the state before the log: restore a backup\n/), code: 1 });
});

test('changes are shown by scope and range', async () => {
  const { store, run } = await live();
  await run('.n = 2;');
  await run(`new_collection('other');`, '@t');
  await run('.m = {x: 1};', '//other');
  await store.checkpoint();
  await run('.m.x = bytes("ab");', '//other');
  await run('.n = 3;');
  await store.close();
  const changes = (...args: string[]): Promise<{ out: string; code: number }> => told(changesCommand([...args, '--path', data]));
  // Those that a checkpoint holds are not in the log any more.
  const { out } = await changes('--json');
  expect(out.trim().split('\n').map(line => JSON.parse(line))).toMatchObject([
    { id: 5, time: '2026-01-01T00:04:00Z', scope: '@collection:other', events: [{ kind: 'set', key: 'x', value: 'YWI=' }] },
    { id: 6, time: '2026-01-01T00:05:00Z', scope: '@collection:stuff', events: [{ kind: 'set', thing: 1, key: 'n', value: 3 }] },
  ]);
  expect((await changes('//stuff')).out).toMatch(/^6 2026-01-01T00:05:00Z @collection:stuff\n {2}set \{"thing":1,"key":"n","value":3\}\n$/);
  expect((await changes('--from', '7')).out).toBe('');
  expect((await changes('--to', '5')).out).toMatch(/^5 .*\n.*\n$/);
});

test('with an audit it is shown what made each change, by user and time, while the store is open too', async () => {
  const { engine, store, run } = await live({ seconds: 24 * 3600 }, true);
  await run(`new_user('iris'); grant('//stuff', 'iris', FULL); new_collection('other');`, '@t');
  await run(`new_procedure('add', |n| .n += n);`);
  await run('.n = 1;\n  .m = 2;');
  await store.checkpoint();
  await run(`rename_collection('other', 'another');`, '@t');
  const ask = { user: engine.system.usersByName.get('iris')!, scope: parseScope('//stuff'), procedure: 'add', args: () => [5], tag: { node: 2 } };
  engine.run(ask, () => null);
  await run('.x = 1;', '//another');
  await store.checkpoint();
  await run(`.text = '\x1b[2J text that is longer than what is kept';`);
  await store.durable();
  const changes = (...args: string[]): Promise<{ out: string; code: number }> => told(changesCommand([...args, '--path', data]));
  const lines = async (...args: string[]): Promise<string[]> => (await changes(...args)).out.trim().split('\n');
  const all = [
    '1 2026-01-01T00:00:00Z @thingsdb -, node 0, server: first start',
    "2 2026-01-01T00:01:00Z @thingsdb admin, node 0, query: new_user('iris'); grant('//stu...",
    "3 2026-01-01T00:02:00Z @collection:stuff admin, node 0, query: new_procedure('add', |n| .n +=...",
    '4 2026-01-01T00:03:00Z @collection:stuff admin, node 0, query: .n = 1; .m = 2;',
    "5 2026-01-01T00:04:00Z @thingsdb admin, node 0, query: rename_collection('other', 'an...",
    '6 2026-01-01T00:04:00Z @collection:stuff iris, node 2 (leader 0), procedure: add(5)',
    '7 2026-01-01T00:05:00Z @collection:another admin, node 0, query: .x = 1;',
    "8 2026-01-01T00:06:00Z @collection:stuff admin, node 0, query: .text = ' [2J text that is lon...",
  ];
  expect(await lines('--audit')).toEqual(all);
  expect(await lines('--audit', '//stuff', '--from', '4')).toEqual([all[3], all[5], all[7]]);
  expect(await lines('--audit', '--user', 'iris')).toEqual([all[5]]);
  expect(await lines('--audit', '--since', '2026-01-01T00:04:00Z', '--to', '6')).toEqual([all[4], all[5]]);
  expect(await lines('--from', '6', '--to', '6')).toEqual(['6 2026-01-01T00:04:00Z @collection:stuff', '  set {"thing":1,"key":"n","value":6}']);
  expect(JSON.parse((await changes('--json', '--user', 'iris')).out)).toEqual({
    id: 6, time: '2026-01-01T00:04:00Z', scope: '@collection:stuff',
    audit: { time: START + 240, by: 'procedure', user: 'iris', token: null, node: 2, leader: 0, text: 'add(5)' },
    events: [{ kind: 'set', thing: 1, key: 'n', value: 6 }],
  });
  expect(await changes('--since', 'noon')).toEqual({ out: expect.stringMatching(/^--since takes a time as 2026-01-31T12:00:00Z, not `noon`\nusage: /), code: 1 });
  await store.close();
  // Of what was made before, or without it, nothing is known.
  const plain = new Engine({ host: testHost() });
  const again = await Store.open(plain, data, { durability: 'strict', create: false });
  plain.query({ user: plain.system.usersById.get(1)!, scope: parseScope('//stuff'), code: '.n = 0;' }, () => null);
  await again.close();
  expect(await lines('--audit', '--from', '9')).toEqual([expect.stringMatching(/^9 \S+ @collection:stuff not known$/)]);
  expect((await changes('--from', '1')).out).toMatch(/^change 1 is not in the log any more: it begins with change 8$/m);
});

test('a restored backup is a place where the log begins anew, and what was before is kept', async () => {
  const { engine, store, states, run } = await live({ seconds: 24 * 3600 }, true);
  const other = new Engine({ host: testHost() });
  other.init();
  other.query({ user: other.system.usersById.get(1)!, scope: parseScope('@t'), code: `rename_collection('stuff', 'restored');` }, () => null);
  await run('.n = 2;');
  await run('.n = 3;');
  await store.replace(other);
  states.set(engine.changeId, dumpText(engine));
  await run('.n = 5;', '//restored');
  await store.close();
  expect((await told(changesCommand(['--path', data, '--audit']))).out.trim().split('\n').slice(1)).toEqual([
    '2 2026-01-01T00:01:00Z @collection:stuff admin, node 0, query: .n = 2;',
    '3 2026-01-01T00:02:00Z @collection:stuff admin, node 0, query: .n = 3;',
    '5 2026-01-01T00:03:00Z @collection:restored admin, node 0, query: .n = 5;',
  ]);
  for (const id of [2, 3, 4, 5]) {
    const to = join(directory, `to${id}`);
    expect(await told(recoverCommand([data, '--until', String(id), '--to', to]))).toMatchObject({ code: 0 });
    expect(await stateIn(to)).toBe(states.get(id));
  }
});

test('a state that came as a change, as in a cluster, is named, and what its collections are called', async () => {
  const { engine, store, run } = await live({ seconds: 24 * 3600 }, true);
  const other = new Engine({ host: testHost() });
  other.init();
  other.query({ user: other.system.usersById.get(1)!, scope: parseScope('@t'), code: `rename_collection('stuff', 'restored');` }, () => null);
  const blocks: Uint8Array[] = [];
  const snapshot = takeSnapshot(other);
  for (let block = snapshot.next(); block !== null; block = snapshot.next()) blocks.push(block);
  await run('.n = 2;');
  engine.changeState(other, Buffer.concat(blocks));
  await run('.n = 4;', '//restored');
  await store.close();
  const { out } = await told(changesCommand(['--path', data, '--audit', '--from', '2']));
  expect(out.trim().split('\n')).toEqual([
    '2 2026-01-01T00:01:00Z @collection:stuff admin, node 0, query: .n = 2;',
    '3 2026-01-01T00:01:00Z @thingsdb -, node 0, server: a backup that was restored',
    '4 2026-01-01T00:02:00Z @collection:restored admin, node 0, query: .n = 4;',
  ]);
});

test('a library reads changes from an id on, and goes on with those that are made', async () => {
  const db = await open({ path: data });
  await db.query('.n = 1;');
  await db.query('.n = 2;');
  const seen: number[] = [];
  for await (const { id, events } of db.changes({ from: 2 })) {
    seen.push(id);
    if (id === 3) await db.query('.n = 3;');
    if (id === 4) {
      expect(events).toMatchObject([{ kind: 'set', key: 'n', value: 3 }]);
      break;
    }
  }
  expect(seen).toEqual([2, 3, 4]);
  await db.close();

  const memory = await open();
  await expect(memory.changes({ from: 1 }).next()).rejects.toThrow('change 1 is not there: a database in memory keeps no log');
  await memory.close();
});
