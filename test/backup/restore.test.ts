/** Restoring puts the state of a backup in the place of everything, as one step, whatever happens on the way. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadBackup, saveBackup } from '../../src/backup/backup-file.ts';
import { clusterKeeper, restorer } from '../../src/backup/restore.ts';
import { dumpText } from '../../src/check/dump.ts';
import { testHost } from '../../src/check/test-host.ts';
import { Engine, type CommittedChange } from '../../src/engine.ts';
import { open, type LocalDatabase } from '../../src/index.ts';
import { nodeHost } from '../../src/node/host.ts';
import { LocalBackend, LocalLogin } from '../../src/server/local.ts';
import { Store } from '../../src/store/store.ts';
import { parseScope } from '../../src/system/scope.ts';
import { Writer } from '../../src/wire/msgpack.ts';
import { random } from '../collection/random-queries.ts';
import { SimDisk } from '../store/simulation/sim-disk.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'thingscope-restore-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** The state, less what goes on counting. */
const stateOf = (engine: Engine): string => dumpText(engine).replace(/^\/changeId .*$/m, '');

const CLEAR = 'collections_info().each(|c| del_collection(c.load().name)); tasks().each(|t| t.del());';

async function filled(path?: string): Promise<LocalDatabase> {
  const db = await open({ ...(path === undefined ? {} : { path }), host: nodeHost() });
  await db.query(`set_type('Book', {title: 'str', by: '[str]'}); .books = [Book{title: 'Iris'}, Book{title: 'Rome'}]; .t = task(datetime().move('days', 1), || .books.len());`);
  await db.query('@t', `new_user('iris'); grant('//stuff', 'iris', QUERY); new_procedure('one', || 1); task(datetime().move('days', 1), || 2);`);
  return db;
}

test('a backup takes the place of everything, and is there after a restart', async () => {
  const path = join(directory, 'data');
  const file = join(directory, 'a.tar.gz');
  let db = await filled(path);
  const before = stateOf(db.engine);
  await saveBackup(db.engine, file);
  await db.query('@t', `${CLEAR} new_user('late'); del_user('iris'); new_collection('other');`);
  const { changeId } = db.engine;
  const { user } = { user: db.engine.system.usersByName.get('admin')! };
  expect(await db.query('@t', `restore('${file}', {restore_tasks: true});`)).toBe(null);
  expect(stateOf(db.engine)).toBe(before);
  expect(db.engine.changeId, 'of the query, and of the restore').toBe(changeId + 2);
  // Who was logged in has no access to what is there now.
  expect(() => db.engine.query({ user, scope: parseScope('//stuff'), code: '1' }, () => null)).toThrow(expect.objectContaining({ name: 'forbidden_err' }));
  await db.query('.books.push(Book{title: `new`});');
  const after = dumpText(db.engine);
  await db.close();

  db = await open({ path });
  expect(dumpText(db.engine)).toBe(after);
  expect(await db.query('.books.map(|b| b.title);')).toEqual(['Iris', 'Rome', 'new']);
  await db.close();
});

test('in a cluster it is a change, which other nodes and a restart repeat', async () => {
  const path = join(directory, 'data');
  const file = join(directory, 'a.tar.gz');
  let db = await filled(path);
  await saveBackup(db.engine, file);
  const replica = new Engine({ host: testHost() });
  await loadBackup(replica, file);
  const changes: CommittedChange[] = [];
  db.engine.onChange(change => void changes.push(change));
  let leads = true;
  db.engine.host.node.restore = restorer(db.engine, clusterKeeper(db.engine, () => leads));
  await db.query('@t', `${CLEAR} new_user('late'); del_user('iris'); new_collection('other');`);
  const emptied = stateOf(db.engine);
  leads = false;
  await expect(db.query('@t', `restore('${file}');`)).rejects.toMatchObject({ name: 'operation_err' });
  expect(stateOf(db.engine)).toBe(emptied);
  leads = true;
  await db.query('@t', `restore('${file}', {take_access: true});`);
  await db.query('.books.push(Book{title: `new`});');
  for (const change of changes) replica.apply(change);
  expect(dumpText(replica)).toBe(dumpText(db.engine));
  expect(db.engine.describe(changes.at(-2)!)).toEqual([{ kind: 'restore' }]);
  expect(db.engine.scopeOfChange(changes.at(-2)!)).toBe('@thingsdb');
  await db.close();

  db = await open({ path });
  expect(dumpText(db.engine)).toBe(dumpText(replica));
  await db.close();
});

test('modules that a backup brings run', async () => {
  const file = join(directory, 'a.tar.gz');
  const db = await open({ modules: { echo: { onRequest: async request => request } } });
  await db.query('@t', `has_module('echo') || new_module('echo', 'echo.mjs');`);
  await saveBackup(db.engine, file);
  await db.query('@t', `${CLEAR} del_module('echo'); new_collection('stuff');`);
  await db.query('@t', `restore('${file}');`);
  expect(await db.query('echo({n: 1}).then(|r| r.load().n);')).toBe(1);
  await db.close();
});

test('a change that is made while the backup is read is not lost: nothing is restored', async () => {
  const file = join(directory, 'a.tar.gz');
  const db = await filled();
  await saveBackup(db.engine, file);
  await db.query('@t', CLEAR);
  await db.query('@t', "new_collection('stuff');");
  const restoring = db.query('@t', `restore('${file}');`);
  await db.query('.late = 1;');
  await expect(restoring).rejects.toMatchObject({ name: 'operation_err', message: expect.stringContaining('while the backup was read') as string });
  expect(await db.query('.late')).toBe(1);
  await db.close();
});

test('a request that restores, and comes again, does not restore again', async () => {
  const file = join(directory, 'a.tar.gz');
  const db = await filled();
  await saveBackup(db.engine, file);
  await db.query('@t', `${CLEAR} del_user('iris');`);
  const backend = new LocalBackend(db.engine);
  const restore = async (): Promise<string> => {
    const client = { user: new LocalLogin(db.engine.system.usersByName.get('admin')!, null), send: () => {} };
    const id = { client: 'client-of-test', number: 1, oldest: 1, since: 0 };
    return Buffer.from(await backend.query(client, backend.scope('@t'), `restore('${file}'); 'done';`, null, new Writer(64), id)!).toString();
  };
  const restored = Promise.all([restore(), restore()]);
  expect(await restored).toEqual(['\xa4done', '\xa4done'].map(text => Buffer.from(text, 'latin1').toString()));
  await db.query('.n = 1;');
  expect(await restore()).toBe((await restored)[0]);
  expect(await db.query('.n;')).toBe(1);
  await db.close();
});

test('tasks are dropped unless they are asked for; who takes access is the only user', async () => {
  const file = join(directory, 'a.tar.gz');
  const db = await filled();
  await saveBackup(db.engine, file);
  await db.query('@t', `${CLEAR} set_password('admin', 'other');`);
  await db.query('@t', `restore('${file}');`);
  expect(await db.query('[tasks(), is_nil(.t.id()), .books.len()];')).toEqual([[], true, 2]);
  expect(await db.query('@t', '[tasks(), users_info().map(|u| u.load().name)];')).toEqual([[], ['admin', 'iris']]);
  const hash = db.engine.system.usersByName.get('admin')!.passwordHash!;
  expect(await db.engine.host.secrets.checkPassword('pass', hash), 'the password of the backup').toBe(true);

  await db.query('@t', `${CLEAR} set_password('admin', 'other');`);
  await db.query('@t', `restore('${file}', {take_access: true});`);
  expect(await db.query('@t', '[users_info().map(|u| u.load().name), user_info().load().access.map(|a| a.privileges)];')).toEqual([['admin'], ['FULL', 'FULL', 'FULL']]);
  const kept = db.engine.system.usersByName.get('admin')!.passwordHash!;
  expect(await db.engine.host.secrets.checkPassword('other', kept), 'the password of who restored').toBe(true);
  await db.close();
});

test('what cannot be restored is refused, and nothing is changed', async () => {
  const path = join(directory, 'data');
  const file = join(directory, 'a.tar.gz');
  const cut = join(directory, 'cut.tar.gz');
  const db = await filled(path);
  await saveBackup(db.engine, file);
  writeFileSync(cut, readFileSync(file).subarray(0, -200));
  const refused = async (code: string, text: RegExp): Promise<void> => {
    const before = stateOf(db.engine);
    await expect(db.query('@t', code)).rejects.toThrow(text);
    expect(stateOf(db.engine)).toBe(before);
  };
  await refused(`restore('${file}');`, /restore requires all existing tasks to be removed; there is still 1 task found/);
  await db.query('@t', 'tasks().each(|t| t.del());');
  await refused(`restore('${file}');`, /collection not empty; collection `stuff` contains things/);
  await db.query('@t', `del_collection('stuff'); new_module('m', 'm.py');`);
  await refused(`restore('${file}');`, /restore requires all existing modules to be removed; there is still 1 module found/);
  await db.query('@t', `del_module('m');`);
  await refused(`restore('${directory}/none.tar.gz');`, /tar: .*none\.tar\.gz: Cannot open: No such file or directory/);
  await refused(`restore('${directory}');`, /is no backup of Thingscope/);
  await refused(`restore('${cut}');`, /cut\.tar\.gz` is damaged: unexpected end of file/);
  await refused(`restore('${file}'); restore('${file}');`, /another restore is busy/);
  await refused(`future(|| restore('${file}'));`, /must not be used in a future or a task/);
  await db.query('@t', `restore('${file}');`);
  expect(await db.query('.books.len();')).toBe(2);
  await db.close();
});

test('a crash at any moment leaves the state before or the restored one', async () => {
  let restored = 0;
  let before = 0;
  for (let seed = 1; seed <= 200; seed++) {
    const below = random(seed);
    const disk = new SimDisk(below);
    const start = async (): Promise<{ engine: Engine; store: Store }> => {
      const engine = new Engine({ host: testHost() });
      return { engine, store: await Store.on(engine, disk, '/data', { durability: 'strict', create: true, checkpoints: { minBytes: 2_000, factor: 0 } }) };
    };
    const run = (engine: Engine, code: string): unknown =>
      engine.query({ user: engine.system.usersById.get(1)!, scope: parseScope('//stuff'), code }, () => null);
    const { engine, store } = await start();
    for (let i = below(30); i >= 0; i--) run(engine, `.set('k' + str(${i}), 'a text of some length: ${i}');`);
    await store.durable();
    const other = new Engine({ host: testHost() });
    other.init();
    run(other, `.restored = true; .l = range(100).map(|i| {n: i});`);
    const old = stateOf(engine);
    const next = stateOf(other);

    // Some fail and go on, some crash.
    if (below(3) === 0) disk.faults = { failing: 30, room: Infinity };
    else disk.crashIn = below(14);
    const outcome = await Promise.race([
      store.replace(other).then(() => 'restored', (e: unknown) => `${e}`), disk.crashed.then(() => 'crashed'),
    ]);
    disk.faults = { failing: 0, room: Infinity };
    disk.crashIn = Infinity;
    let expected = outcome === 'restored' ? [next] : [old];
    if (outcome === 'crashed' || engine.storeFailure.includes('only a restart tells')) expected = [old, next];
    if (outcome !== 'crashed') {
      if (expected.length === 1) {
        expect(stateOf(engine), `seed ${seed}`).toBe(expected[0]);
        run(engine, '.goes_on = 1;');
        await store.durable();
        expected = [stateOf(engine)];
      }
      await store.close();
    }
    disk.restart();
    const again = await start();
    expect(expected, `seed ${seed}: ${outcome}`).toContain(stateOf(again.engine));
    if (stateOf(again.engine).includes('restored')) restored++;
    else before++;
    await again.store.close();
  }
  expect(Math.min(restored, before), 'both happened').toBeGreaterThan(20);
});
