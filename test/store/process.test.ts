/** A real process: killed, stopped, started twice, started without a store, on a disk that fills up. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unpackAudit } from '../../src/cause.ts';
import { StoreReader } from '../../src/store/store-reader.ts';
import { Server, buildProgram, increment } from './server-process.ts';

const root = mkdtempSync(join(tmpdir(), 'thingscope-process-'));
let program = '';
let count = 0;
const directory = (): string => {
  const dir = join(root, String(++count));
  mkdirSync(dir);
  return dir;
};

beforeAll(async () => {
  program = await buildProgram('process');
});
afterAll(() => {
  rmSync(root, { recursive: true });
  rmSync(program, { recursive: true, force: true });
});

/** KILL_ROUNDS=20 npx vitest run test/store/process.test.ts -t 'kill -9': more of them, and a report. */
const rounds = Number(process.env['KILL_ROUNDS'] ?? 5);

/** How many changes of a store say that an increment made them, and are one. */
async function increments(store: string): Promise<number> {
  const reader = await StoreReader.open(store);
  let found = 0;
  for await (const { events, audit } of reader.changes(1)) {
    if (audit !== undefined && events.length > 0 && unpackAudit(audit).text.startsWith('.n += 1')) found++;
  }
  reader.close();
  return found;
}

describe('kill -9', () => {
  for (const [inFlight, audit] of [[1, 'off'], [64, 'on']] as const) {
    test(`loses nothing that was acknowledged, with ${inFlight} in flight, audit ${audit}`, { timeout: rounds * 20_000 }, async () => {
      const dir = directory();
      let sent = 0;
      let acknowledged = 0;
      let sum = 0;
      for (let round = 0; round < rounds; round++) {
        // Small, so that checkpoints are written all the time.
        const server = new Server(program, dir, round === 0 ? ['--init'] : [], { checkpoint_min_size: '3000', checkpoint_factor: '0', audit });
        const db = await server.client();
        if (round === 0) await db.query('.n = 0;');
        const found = await db.query<number>('.n;');
        expect(found).toBeGreaterThanOrEqual(acknowledged);
        expect(found).toBeLessThanOrEqual(sent);
        // What was stored without having been acknowledged counts from here on.
        sent = acknowledged = found;
        const target = 20 + round * 41;
        // Killed the moment that the answer is seen, with the others under way.
        const done = await increment(db, inFlight, n => n >= target && server.process.kill('SIGKILL') && false);
        await server.ended;
        await db.close();
        sent += done.sent;
        acknowledged += done.acknowledged;
        sum += done.acknowledged;
        expect(done.acknowledged).toBeGreaterThanOrEqual(target);
        if (round > 0) expect(server.output).toContain('has ended without unlocking it');
      }
      if (process.env['KILL_ROUNDS'] !== undefined) console.log(`${rounds} rounds with ${inFlight} in flight: ${sum} increments acknowledged, none lost`);
      if (audit === 'on') expect(await increments(join(dir, 'data'))).toBeGreaterThanOrEqual(acknowledged);
      // The last one was written, or survived, between the kills.
      expect(readdirSync(join(dir, 'data', 'store')).some(name => /^checkpoint-\d+$/.test(name))).toBe(true);
    });
  }
});

describe('a stop in good order', () => {
  for (const durability of ['strict', 'relaxed']) {
    test(`under load keeps all that was acknowledged and exits 0: ${durability}`, async () => {
      const dir = directory();
      const server = new Server(program, dir, ['--init'], { durability });
      const db = await server.client();
      await db.query('.n = 0;');
      const done = await increment(db, 32, n => n >= 200 && server.process.kill('SIGTERM') && false);
      expect((await server.ended).code).toBe(0);
      expect(existsSync(join(dir, 'data', '.lock'))).toBe(false);
      const again = new Server(program, dir, []);
      const found = await (await again.client()).query<number>('.n;');
      expect(found).toBeGreaterThanOrEqual(done.acknowledged);
      expect(found).toBeLessThanOrEqual(done.sent);
      expect(await again.stop()).toBe(0);
    });
  }
});

describe('one process for a store', () => {
  test('a second one is refused with exit code 1, and does no harm', async () => {
    const dir = directory();
    const first = new Server(program, dir, ['--init']);
    const db = await first.client();
    await db.query('.n = 1;');
    const lock = readFileSync(join(dir, 'data', '.lock'), 'utf8');
    expect(Number(lock.split('\n')[0])).toBe(first.process.pid);
    for (const args of [[], ['--init'], ['--init', '--force', '--yes']]) {
      const second = new Server(program, dir, args, { pipe_client_name: join(dir, 'other-pipe') });
      expect((await second.ended).code).toBe(1);
      expect(second.output).toContain(`is used by another process, with PID ${first.process.pid}`);
    }
    expect(await db.query('.n += 1;')).toBe(2);
    expect(readFileSync(join(dir, 'data', '.lock'), 'utf8')).toBe(lock);
    expect(await first.stop()).toBe(0);
  });

  for (const [what, text] of [['of a process that is gone', '4194304'], ['of an earlier process with the same number', `${process.pid}\nan-earlier-boot 1`], ['that is empty', '']] as const) {
    test(`a lock ${what} is taken over with a warning`, async () => {
      const dir = directory();
      mkdirSync(join(dir, 'data'));
      writeFileSync(join(dir, 'data', '.lock'), text);
      const server = new Server(program, dir, ['--init']);
      await server.says('to READY');
      expect(server.output).toMatch(/\[W .*taking over/);
      expect(await server.stop()).toBe(0);
    });
  }
});

describe('--init and --force', () => {
  test('without a store and without --init it says how to start, exits 0 and makes nothing', async () => {
    const dir = directory();
    const server = new Server(program, dir, []);
    expect((await server.ended).code).toBe(0);
    expect(server.output).toContain('--init');
    expect(existsSync(join(dir, 'data'))).toBe(false);
  });

  test('--init on a store warns and loads it', async () => {
    const dir = directory();
    const first = new Server(program, dir, ['--init']);
    await (await first.client()).query('.n = 5;');
    expect(first.output).toContain('Well done, you successfully initialized ThingsDB!!');
    await first.stop();
    const second = new Server(program, dir, ['--init']);
    expect(await (await second.client()).query('.n;')).toBe(5);
    expect(second.output).toMatch(/\[W .*holds a store already/);
    expect(second.output).not.toContain('Well done');
    await second.stop();
  });

  test('--force asks before it removes the data; yes is needed', async () => {
    const dir = directory();
    const first = new Server(program, dir, ['--init']);
    await (await first.client()).query('.n = 5;');
    await first.stop();
    for (const answer of ['no\n', 'y\n', '']) {
      const asked = new Server(program, dir, ['--init', '--force']);
      await asked.says('Type yes');
      asked.process.stdin!.end(answer);
      expect((await asked.ended).code).toBe(0);
    }
    const kept = new Server(program, dir, []);
    expect(await (await kept.client()).query('.n;')).toBe(5);
    await kept.stop();
    const wiped = new Server(program, dir, ['--init', '--force']);
    await wiped.says('Type yes');
    wiped.process.stdin!.end('yes\n');
    await expect((await wiped.client()).query('.n;')).rejects.toMatchObject({ name: 'lookup_err' });
    expect(wiped.output).toContain('Well done');
    await wiped.stop();
  });
});

test('a disk that takes no more: changes are refused by name, reads go on, what was acknowledged is there', async () => {
  const dir = directory();
  // A bound on the size of files, in KiB; the signal that would end the process is ignored.
  const server = new Server(program, dir, ['--init'], {}, ['bash', '-c', 'trap "" XFSZ; ulimit -f 300; exec "$0" "$@"']);
  const db = await server.client();
  await db.query('.n = 0;');
  const grow = (): Promise<number> => db.query<number>('//stuff', '.n += 1; .text = text; .n;', { text: 'x'.repeat(10_000) });
  let acknowledged = 0;
  const errors: Error[] = [];
  while (errors.length < 2 && acknowledged < 100) await grow().then(n => (acknowledged = n), (e: Error) => errors.push(e));
  // The one that met the end of the disk was made; those after it are not.
  expect(errors).toMatchObject([
    { name: 'internal_err', message: expect.stringContaining('is not stored yet') },
    { name: 'node_err', message: expect.stringContaining('changes are refused at the moment') },
  ]);
  expect(await db.query('.n;')).toBe(acknowledged + 1);
  await server.kill();
  expect(server.output).toMatch(/\[C .*changes cannot be stored/);
  const again = new Server(program, dir, []);
  expect(await (await again.client()).query('.n;')).toBe(acknowledged);
  await again.stop();
});
