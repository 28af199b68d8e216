/** Three nodes as real processes, with an etcd of their own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, type RemoteDatabase } from '../../src/index.ts';
import { buildProgram } from '../store/server-process.ts';
import { EtcdProcess, freePort, missingEtcd } from './etcd-process.ts';
import { Node, until } from './node-process.ts';

const missing = missingEtcd();
if (missing !== '') console.warn(`\n*** tests of a cluster of real nodes are SKIPPED: ${missing} ***\n`);

describe.skipIf(missing !== '')('a cluster', () => {
  let program: string;
  let dir: string;
  let etcd: EtcdProcess;
  let nodes: Node[];
  let clients: RemoteDatabase[];

  beforeAll(async () => {
    [program, etcd] = await Promise.all([buildProgram('cluster'), EtcdProcess.start()]);
    dir = mkdtempSync(join(tmpdir(), 'thingscope-cluster-'));
    nodes = await Promise.all([0, 1, 2].map(async id => new Node(id, { program, dir: join(dir, String(id)), port: await freePort(), settings: { etcd: etcd.url } })));
  }, 60_000);

  afterAll(async () => {
    for (const { server } of nodes) server.process.kill('SIGKILL');
    await etcd.stop();
    rmSync(dir, { recursive: true, force: true });
    rmSync(program, { recursive: true, force: true });
  });

  const statuses = (of: RemoteDatabase): Promise<unknown> => of.query('@n', 'nodes_info().map(|n| {n = n.load(); [n.node_id, n.status]});');
  const leader = (): Node => nodes.findLast(({ server }) => server.output.lastIndexOf('this node leads') > server.output.lastIndexOf('this node follows'))!;

  test('grows from one node to three, with what was there before', { timeout: 60_000 }, async () => {
    const first = await nodes[0]!.start('--init').server.client();
    await first.query('.n = 0; .big = range(50000); .room = room(); .room.set_name("r");');
    for (const node of nodes.slice(1)) {
      await node.start('--secret', `s${node.name}`).server.says('Waiting for an invite');
      expect(await first.query('@t', 'new_node(secret, "127.0.0.1", port);', { secret: `s${node.name}`, port: node.port })).toBe(node.name);
    }
    clients = await Promise.all(nodes.map(({ server }) => server.client()));
    for (const client of clients) {
      await until(() => statuses(client), [[0, 'READY'], [1, 'READY'], [2, 'READY']]);
      expect(await client.query('.big.len() + .n')).toBe(50_000);
    }
    await expect(clients[1]!.query('@t', 'del_node(2);')).rejects.toThrow('`node:2` is still active');
    expect(await clients[1]!.query('@n:2', 'node_info().load().node_name;')).toBe('n2');
  });

  test('a write through any node is read there at once, and everywhere soon', { timeout: 30_000 }, async () => {
    for (let i = 1; i <= 20; i++) {
      for (const client of clients) {
        const n = await client.query('.n += 1') as number;
        expect(await client.query('.n')).toBeGreaterThanOrEqual(n);
      }
    }
    for (const client of clients) await until(() => client.query('.n'), 60);
    await expect(clients[2]!.query('.n += 1; .nothing')).rejects.toMatchObject({ name: 'lookup_err', place: { line: 1, column: 10 } });
    expect(await clients[2]!.query('future(|| .n -= 1); .n')).toBe(61);
    expect(await clients[2]!.query('.n')).toBe(60);
    // A change of many megabytes goes in parts.
    await clients[1]!.query('//stuff', '.long = s;', { s: 'x'.repeat(3_000_000) });
    expect(await clients[1]!.query('.long.len()')).toBe(3_000_000);
    await until(() => clients[2]!.query('.long.len()'), 3_000_000);
  });

  test('a backup is restored on all nodes, at one place in the order of changes', { timeout: 60_000 }, async () => {
    const file = join(dir, 'backup.tar.gz');
    const backup = await clients[1]!.query('@n', 'new_backup(file);', { file });
    await until(() => clients[1]!.query('@n', 'backup_info(id).load().result_code;', { id: backup as number }), 0);
    await clients[2]!.query('@t', 'collections_info().each(|c| del_collection(c.load().name)); new_collection("stuff");');
    await clients[2]!.query('@t', 'restore(file);', { file });
    // Whoever was logged in is not any more.
    await Promise.all(clients.map(client => client.close()));
    clients = await Promise.all(nodes.map(({ server }) => server.client()));
    for (const client of clients) await until(() => client.query('[.n, .long.len()]'), [60, 3_000_000]);
    for (const client of clients) await until(() => statuses(client), [[0, 'READY'], [1, 'READY'], [2, 'READY']]);
  });

  test('a leader that is killed takes no acknowledged write with it', { timeout: 60_000 }, async () => {
    const old = leader();
    const others = nodes.filter(node => node !== old);
    const acknowledged: number[] = [];
    let going = true;
    const load = others.map(async ({ name }) => {
      const id = name * 1_000_000;
      for (let i = 1; going; i++) {
        try {
          await clients[name]!.query('//stuff', '.has("log") || .log = []; .log.push(id);', { id: id + i });
          acknowledged.push(id + i);
        } catch (e) {
          // The one that was on its way when the leader died: it was made, or nobody knows.
          expect(e).toMatchObject({ name: 'request_cancel_err' });
        }
      }
    });
    await new Promise(resolve => setTimeout(resolve, 300));
    await old.server.kill();
    const before = acknowledged.length;
    const killed = Date.now();
    await until(async () => acknowledged.length > before + 20, true);
    expect(Date.now() - killed).toBeLessThan(10_000);
    going = false;
    await Promise.all(load);
    for (const { name } of others) {
      await until(async () => {
        const log = await clients[name]!.query('.log') as number[];
        expect(log.length).toBe(new Set(log).size);
        return acknowledged.filter(id => !log.includes(id));
      }, []);
    }
    // It comes back, and has all that happened.
    clients[old.name] = await old.start().server.client();
    await until(async () => (await clients[old.name]!.query('.log') as number[]).length, (await clients[others[0]!.name]!.query('.log') as number[]).length);
  });

  test('a client repeats what it had asked of a leader that is killed, and all is made once', { timeout: 60_000 }, async () => {
    const old = leader();
    const other = nodes.find(node => node !== old)!;
    await clients[other.name]!.query('.once = 0; nil');
    const client = await connect([old.server.url, other.server.url], { retryDelay: 50, retryDelayMax: 200 });
    const answers: number[] = [];
    let going = true;
    const load = Array.from({ length: 8 }, async () => {
      while (going) answers.push(await client.query<number>('.once += 1'));
    });
    await until(async () => answers.length > 100, true);
    await old.server.kill();
    const before = answers.length;
    await until(async () => answers.length > before + 100, true);
    going = false;
    await Promise.all(load);
    await client.close();
    expect(answers.sort((a, b) => a - b)).toEqual(answers.map((_, i) => i + 1));
    expect(await clients[other.name]!.query('wse(); .once')).toBe(answers.length);
    clients[old.name] = await old.start().server.client();
    await until(() => clients[old.name]!.query('.once'), answers.length);
  });

  test('a leader that is stopped past its lease writes nothing when it goes on', { timeout: 60_000 }, async () => {
    const old = leader();
    const other = nodes.find(node => node !== old)!;
    const n = await clients[other.name]!.query('.n') as number;
    old.server.process.kill('SIGSTOP');
    const late = clients[old.name]!.query('.n += 1000').then(() => 'made', () => 'refused');
    // One that is refused, as while nobody leads, has not been made.
    await until(() => clients[other.name]!.query('.n += 1'), n + 1);
    old.server.process.kill('SIGCONT');
    const outcome = await late;
    // It may be between two lives.
    await until(async () => {
      clients[old.name] = await old.server.client();
      return true;
    }, true);
    const expected = outcome === 'made' ? n + 1001 : n + 1;
    for (const { name } of nodes) await until(() => clients[name]!.query('.n'), expected);
  });

  test('a node that ends in good order hands over at once, and can be removed', { timeout: 60_000 }, async () => {
    const old = leader();
    const other = nodes.find(node => node !== old)!;
    const stopped = old.server.stop();
    const started = Date.now();
    await clients[other.name]!.query('.n += 1');
    expect(Date.now() - started).toBeLessThan(2_000);
    expect(await stopped).toBe(0);
    await until(() => statuses(clients[other.name]!), [0, 1, 2].map(id => [id, id === old.name ? 'OFFLINE' : 'READY']));
    await clients[other.name]!.query('@t', 'del_node(id);', { id: old.name });
    await old.start().server.ended;
    expect(old.server.output).toContain('this node was removed from its cluster');
  });
});
