/** How nodes of a cluster begin, and begin again: what the command line says of it, with an etcd that asks for TLS and a login. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RemoteDatabase } from '../../src/index.ts';
import { buildProgram } from '../store/server-process.ts';
import { EtcdProcess, PAIR, freePort, missingEtcd } from './etcd-process.ts';
import { Node, until } from './node-process.ts';

const missing = missingEtcd();
if (missing !== '') console.warn(`\n*** tests of starts in a cluster are SKIPPED: ${missing} ***\n`);

const LOGIN = { name: 'thingscope', password: 'secret' };

describe.skipIf(missing !== '')('a node of a cluster', { timeout: 60_000 }, () => {
  let program: string;
  let dir: string;
  let etcd: EtcdProcess;
  let first: Node;
  let second: Node;
  let db: RemoteDatabase;

  beforeAll(async () => {
    [program, etcd] = await Promise.all([buildProgram('cluster-start'), EtcdProcess.start({ tls: true })]);
    await etcd.askForLogin(LOGIN, 'own/');
    dir = mkdtempSync(join(tmpdir(), 'thingscope-start-'));
    const settings = { etcd: etcd.url, etcd_prefix: 'own', etcd_ca_file: PAIR.certFile, etcd_user: LOGIN.name, etcd_password: LOGIN.password };
    const node = async (id: number): Promise<Node> =>
      new Node(id, { program, dir: join(dir, String(id)), port: await freePort(), settings: { ...settings, node_name: `db-${id}`, shutdown_period: '0' } });
    [first, second] = await Promise.all([node(0), node(1)]);
  }, 60_000);

  afterAll(async () => {
    for (const { server } of [first, second]) server.process.kill('SIGKILL');
    await etcd.stop();
    rmSync(dir, { recursive: true, force: true });
    rmSync(program, { recursive: true, force: true });
  });

  const statuses = (of: RemoteDatabase): Promise<unknown> => of.query('@n', 'nodes_info().map(|n| {n = n.load(); [n.node_id, n.status]});');

  test('--deploy: the one whose name ends in -0 begins, the others wait for an invitation by their names', async () => {
    db = await first.start('--deploy').server.client();
    await db.query('.n = 1');
    await second.start('--deploy').server.says('Waiting for an invite');
    await db.query('@t', 'new_node("db-1", "127.0.0.1", port);', { port: second.port });
    const other = await second.server.client();
    expect(await other.query('.n += 1')).toBe(2);
    await until(() => statuses(db), [[0, 'READY'], [1, 'READY']]);
  });

  test('with a wrong password for etcd says so, and waits', async () => {
    await second.server.stop();
    await second.startWith({ etcd_password: 'guess' }).server.says('authentication failed');
    expect(second.server.process.exitCode).toBe(null);
    await second.server.kill();
  });

  test('with a damaged store refuses and names what helps; --auto-rebuild fetches the data of another node', async () => {
    damage(join(second.dir, 'data'));
    const { code } = await second.start().server.ended;
    expect(code).toBe(1);
    expect(second.server.output).toMatch(/is damaged.*--auto-rebuild/);
    await db.query('.n += 1');
    const other = await second.start('--auto-rebuild').server.client();
    expect(second.server.output).toMatch(/is damaged.*fetching the state of another node/);
    expect(second.server.output).toContain('from node 0');
    expect(await other.query('.n')).toBe(3);
    // Nothing is fetched where nothing is damaged.
    await second.server.stop();
    await second.start('--auto-rebuild').server.client();
    expect(second.server.output).not.toContain('fetched');
  });

  test('--rebuild fetches the data of another node in any case', async () => {
    await second.server.stop();
    const other = await second.start('--rebuild').server.client();
    expect(second.server.output).toContain('from node 0');
    expect(await other.query('.n += 1')).toBe(4);
  });

  test('does not go on alone by mistake, but with --forget-nodes, and with what it has', async () => {
    await second.server.stop();
    const alone = { etcd: '' };
    expect((await second.startWith(alone).server.ended).code).toBe(1);
    expect(second.server.output).toContain('--forget-nodes');
    const other = await second.startWith(alone, '--forget-nodes').server.client();
    expect(await statuses(other)).toEqual([[0, 'READY']]);
    expect(await other.query('.n += 10')).toBe(14);
    await second.server.stop();
    expect((await second.startWith(alone, '--rebuild').server.ended).code).toBe(1);
    expect(second.server.output).toContain('belongs to no cluster');

    // The cluster that it was in goes on without it; with an etcd it begins one of its own.
    await until(() => statuses(db), [[0, 'READY'], [1, 'OFFLINE']]);
    await db.query('@t', 'del_node(1);');
    const own = await second.start().server.client();
    expect(await own.query('.n')).toBe(14);
    expect(await statuses(own)).toEqual([[0, 'READY']]);
    expect(await db.query('.n')).toBe(4);
  });
});

/** Turns a byte of the first block of a store's checkpoint, which nothing else can stand in for. */
function damage(data: string): void {
  const checkpoint = readdirSync(data, { recursive: true, encoding: 'utf8' }).find(name => basename(name).startsWith('checkpoint-'));
  const path = join(data, checkpoint!);
  const bytes = readFileSync(path);
  bytes[20]! ^= 0xff;
  writeFileSync(path, bytes);
}
