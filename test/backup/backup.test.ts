/** Backups hold exactly what was there after one change, take no more memory than a few blocks, and are made when they are due. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadBackup, readBackupHead, saveBackup, writeBackup } from '../../src/backup/backup-file.ts';
import { BackupRunner } from '../../src/backup/backup-runner.ts';
import { dumpText } from '../../src/check/dump.ts';
import { testHost } from '../../src/check/test-host.ts';
import { Engine } from '../../src/engine.ts';
import { QueryError } from '../../src/errors/query-error.ts';
import { StoreError } from '../../src/errors/store-error.ts';
import { packContext } from '../../src/evaluator/contexts.ts';
import { takeSnapshot } from '../../src/snapshot/take.ts';
import { parseScope } from '../../src/system/scope.ts';
import { PlainSink, type Plain } from '../../src/wire/plain.ts';
import { pack } from '../../src/wire/result.ts';
import { REPAIR, SETUP, random, randomQuery } from '../collection/random-queries.ts';

/** 2026-01-01T00:00:00Z */
const START = 1_767_225_600;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'thingscope-backup-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function query(engine: Engine, code: string, scope = '//stuff'): Plain {
  const user = engine.system.usersById.get(1)!;
  return engine.query({ user, scope: parseScope(scope), code }, (q, value) => {
    const sink = new PlainSink();
    pack(value, sink, packContext(q));
    return sink.result;
  }) as Plain;
}

function newEngine(now = () => START): Engine {
  const engine = new Engine({ host: testHost({ now }) });
  engine.init();
  return engine;
}

async function loaded(file: string): Promise<Engine> {
  const engine = new Engine({ host: testHost() });
  await loadBackup(engine, file);
  return engine;
}

/** Texts that do not get shorter when they are compressed, but for a quarter. */
function addNoise(engine: Engine, texts: number): void {
  const below = random(7);
  for (let i = 0; i < texts; i++) {
    const text = Array.from({ length: 4_000 }, () => 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'[below(64)]).join('');
    query(engine, `r = root(); r.has('noise') || r.set('noise', []); .noise.push({text: '${text}'});`);
  }
}

test('a backup holds the state after one change, whatever happens while it is written', async () => {
  for (let seed = 1; seed <= 10; seed++) {
    const engine = newEngine();
    const below = random(seed);
    const change = (): void => {
      try {
        query(engine, randomQuery(below));
      } catch (e) {
        if (!(e instanceof QueryError)) throw e;
      }
    };
    for (const code of [...SETUP, REPAIR]) query(engine, code);
    addNoise(engine, 30);
    for (let i = 0; i < 50; i++) change();
    const [want, changeId] = [dumpText(engine), engine.changeId];
    const file = join(directory, `${seed}.tar.gz`);
    const saving = saveBackup(engine, file);
    let saved = false;
    saving.finally(() => (saved = true));
    while (!saved) {
      change();
      await new Promise<void>(resolve => setImmediate(resolve));
    }
    expect(await saving).toEqual({ changeId, createdAt: START });
    expect(engine.changeId, 'it was changed meanwhile').toBeGreaterThan(changeId);
    expect(readBackupHead(file)).toMatchObject({ changeId, createdAt: START });
    expect(dumpText(await loaded(file)) === want, `seed ${seed}`).toBe(true);
  }
});

test('a slow sink holds the snapshot up: little waits in memory', async () => {
  const engine = newEngine();
  addNoise(engine, 800);
  const snapshot = takeSnapshot(engine);
  let taken = 0;
  const next = snapshot.next.bind(snapshot);
  snapshot.next = () => {
    const block = next();
    taken += block?.length ?? 0;
    return block;
  };
  let written = 0;
  let waiting = 0;
  const slow = new Writable({
    highWaterMark: 1,
    write(chunk: Buffer, _encoding, done) {
      waiting = Math.max(waiting, taken * 0.7 - written);
      const turns = (left: number): void => void (left === 0 ? ((written += chunk.length), done()) : setImmediate(turns, left - 1));
      turns(20);
    },
  });
  await writeBackup(snapshot, { changeId: snapshot.changeId, createdAt: START }, slow);
  expect(taken).toBeGreaterThan(3_000_000);
  expect(waiting).toBeLessThan(800_000);
});

test('what is damaged or cut anywhere is refused', async () => {
  const engine = newEngine();
  for (const code of SETUP) query(engine, code);
  addNoise(engine, 5);
  const file = join(directory, 'good.tar.gz');
  await saveBackup(engine, file);
  const good = readFileSync(file);
  const want = dumpText(engine);
  const below = random(3);
  const bad = join(directory, 'bad.tar.gz');
  for (let round = 0; round < 200; round++) {
    const bytes = Buffer.from(good.subarray(0, round % 2 === 0 ? good.length : below(good.length)));
    if (round % 2 === 0) bytes[below(bytes.length)]! ^= 1 << below(8);
    writeFileSync(bad, bytes);
    // gzip's own head has bits that mean nothing.
    const outcome = await loaded(bad).then(dumpText, (e: unknown) => e);
    if (outcome !== want) expect(outcome, `round ${round}`).toBeInstanceOf(StoreError);
    else expect(round % 2, 'nothing is cut').toBe(0);
  }
  writeFileSync(bad, 'hello');
  await expect(loaded(bad)).rejects.toThrow(/bad\.tar\.gz` is no backup of Thingscope/);
  writeFileSync(bad, good.subarray(good.indexOf('\n') + 1));
  await expect(loaded(bad)).rejects.toThrow(/perhaps a backup of ThingsDB itself/);
  writeFileSync(bad, good.subarray(0, good.length - 100));
  await expect(loaded(bad)).rejects.toThrow(/bad\.tar\.gz` is damaged: unexpected end of file/);
});

test('a backup that fails leaves nothing, and what was there as it was', async () => {
  const engine = newEngine();
  const file = join(directory, 'taken');
  mkdirSync(file);
  await expect(saveBackup(engine, file)).rejects.toThrow(/EISDIR/);
  await expect(saveBackup(engine, join(directory, 'none', 'a.tar.gz'))).rejects.toThrow(/ENOENT/);
  await expect(saveBackup(engine, join(directory, 'a.tar.gz'), { durable: () => Promise.reject(new Error('not durable')) })).rejects.toThrow('not durable');
  expect(readdirSync(directory)).toEqual(['taken']);
  expect(engine.system.collections[0]!.watchers.size, 'nobody watches any more').toBe(0);
});

test('backups are made when they are due, the oldest files go, and the schedule is there after a restart', async () => {
  const clock = { now: START };
  const start = (): { engine: Engine; runner: BackupRunner; info(id: number): Plain } => {
    const engine = newEngine(() => clock.now);
    const runner = new BackupRunner(() => engine, { directory });
    return { engine, runner, info: id => query(engine, `backup_info(${id}).load();`, '@node') };
  };
  let { engine, runner, info } = start();
  const at = (name: string): string => join(directory, name);
  expect(query(engine, `[
    new_backup('${at('a_{DATE}_{TIME}_{CHANGE_ID}_{X}.tar.gz')}'),
    new_backup('${at('r_{TIME}.tar.gz')}', datetime(${START + 10}), 60, 2),
    new_backup('${at('none/x.tar.gz')}', nil, 3600)];`, '@node')).toEqual([0, 1, 2]);
  await runner.run();
  expect(info(0)).toMatchObject({
    result_message: 'success - 2026-01-01 00:00:00Z', result_code: 0, files: [at('a_20260101_000000_1_{X}.tar.gz')],
  });
  expect(info(0)).not.toHaveProperty('next_run');
  expect(info(1)).toMatchObject({ next_run: '2026-01-01 00:00:10Z', files: [] });
  expect(info(1)).not.toHaveProperty('result_code');
  expect(info(2)).toMatchObject({ next_run: '2026-01-01 01:00:00Z', result_code: 2, files: [] });
  expect(query(engine, `backup_info(2).load().result_message;`, '@node')).toMatch(/^cannot write backup `.*none\/x\.tar\.gz`: ENOENT/);
  expect(query(engine, 'backups_ok();', '@node')).toBe(false);

  // Runs that were missed are not made up for.
  for (const seconds of [10, 70, 310]) {
    clock.now = START + seconds;
    await runner.run();
  }
  expect(info(1)).toMatchObject({ next_run: '2026-01-01 00:06:10Z', files: [at('r_000110.tar.gz'), at('r_000510.tar.gz')] });
  expect(existsSync(at('r_000010.tar.gz'))).toBe(false);
  expect(existsSync(at('r_000110.tar.gz'))).toBe(true);
  await runner.stop();

  const before = [0, 1, 2].map(info);
  ({ engine, runner, info } = start());
  expect([0, 1, 2].map(info)).toEqual(before);
  query(engine, 'del_backup(2); del_backup(1, true); del_backup(0);', '@node');
  expect(existsSync(at('r_000510.tar.gz'))).toBe(false);
  expect(existsSync(at('a_20260101_000000_1_{X}.tar.gz'))).toBe(true);
  expect(query(engine, `new_backup('x.tar.gz', datetime(2030, 1, 1));`, '@node')).toBe(3);
  await runner.stop();

  ({ engine, runner } = start());
  expect(query(engine, 'backups_info().map(|b| b.load().id);', '@node')).toEqual([3]);
  // What cannot be kept is refused, and not there.
  rmSync(directory, { recursive: true });
  expect(() => query(engine, `new_backup('y.tar.gz');`, '@node')).toThrow(expect.objectContaining({ name: 'node_err' }));
  expect(query(engine, 'backups_info().len();', '@node')).toBe(1);
  mkdirSync(directory);
  await runner.stop();
});

test('a list of backups that makes no sense is refused', () => {
  writeFileSync(join(directory, 'backups.json'), '{"nextId": 1');
  expect(() => new BackupRunner(newEngine, { directory })).toThrow(/backups\.json`, the list of backups, is not what was written/);
});
