/** What Prometheus reads: the numbers of a real engine and of sessions on it. */
import { expect, test, vi } from 'vitest';
import { testHost } from '../../src/check/test-host.ts';
import { Log } from '../../src/config/log.ts';
import { Engine } from '../../src/engine.ts';
import { Clients } from '../../src/server/clients.ts';
import { LocalBackend } from '../../src/server/local.ts';
import { metricsOf } from '../../src/server/metrics.ts';
import { ServerNode } from '../../src/server/server-node.ts';
import type { Session, Transport } from '../../src/server/session.ts';
import { Histogram } from '../../src/system/histogram.ts';
import { PACKET } from '../../src/wire/packet.ts';
import { LOGIN, query, request } from './wire-client.ts';

function setup() {
  const clock = { now: 0 };
  const monotonic = (): number => clock.now;
  const node = new ServerNode(() => 0, monotonic, { version: '1.9.3', nodeName: 'n "1"' }, new Log(2, false, () => {}, () => new Date(0)), () => {});
  const engine = new Engine({ host: { ...testHost(), monotonic, node } });
  engine.init();
  const backend = new LocalBackend(engine);
  const clients = new Clients(backend);
  const metrics = metricsOf(() => engine, node);
  const read = async (): Promise<Map<string, string>> => {
    const lines = (await metrics.text()).split('\n').filter(line => line !== '' && !line.startsWith('#'));
    return new Map(lines.map(line => [line.slice(0, line.lastIndexOf(' ')), line.slice(line.lastIndexOf(' ') + 1)]));
  };
  return { clock, node, engine, backend, clients, metrics, read };
}

/** A password is checked in a turn of its own. */
async function login(session: Session): Promise<void> {
  session.receive(LOGIN);
  await vi.waitFor(() => expect(session.loggedIn).toBe(true), { interval: 1 });
}

const QUIET: Transport = { name: 'test', pending: 0, write: () => true, pause() {}, resume() {}, close() {}, later: run => run() };

test('queries, errors by code, the cache, changes and the log', async () => {
  const { engine, node, backend, clients, read } = setup();
  const early = await read();
  expect(early.get('thingscope_ready')).toBe('0');
  expect(early.get('thingscope_info{version="1.9.3",node_name="n \\"1\\"",node_id="0"}')).toBe('1');
  node.serve(backend, clients);
  const session = clients.open(QUIET, 'tcp')!;
  await login(session);
  for (const code of ['.x = 1;', '.x;', '.x;', '.x;', 'nope;', '1/0;', 'raise("mine");', 'nope;', '1 +']) session.receive(query(1, code));
  node.storedChangeId = engine.changeId - 1;
  const got = await read();
  const want: Record<string, number> = {
    thingscope_ready: 1,
    'thingscope_queries_total{result="ok"}': 4,
    'thingscope_queries_total{result="error"}': 5,
    'thingscope_errors_total{code="-54",name="lookup_err"}': 2,
    'thingscope_errors_total{code="-58",name="zero_div_err"}': 1,
    'thingscope_errors_total{code="-52",name="syntax_err"}': 1,
    thingscope_query_cache_hits_total: 1,
    thingscope_query_cache_misses_total: 8,
    thingscope_query_cache_entries: 2,
    thingscope_changes_total: 1,
    thingscope_change_id: engine.changeId,
    thingscope_log_lag_changes: 1,
    thingscope_things: 1,
    thingscope_query_duration_seconds_count: 9,
  };
  for (const [name, value] of Object.entries(want)) expect([name, got.get(name)]).toEqual([name, String(value)]);
  // Asking changes nothing.
  expect((await read()).get('thingscope_queries_total{result="ok"}')).toBe('4');
});

test('durations fall into classes', async () => {
  const { clock, engine, read } = setup();
  const user = engine.system.usersById.get(1)!;
  for (const ms of [0.1, 0.2, 7, 20_000]) {
    engine.query({ user, scope: { kind: 'thingsdb' }, code: '1;' }, () => void (clock.now += ms));
  }
  const got = await read();
  const bucket = (le: string): string | undefined => got.get(`thingscope_query_duration_seconds_bucket{le="${le}"}`);
  expect(['0.0001', '0.00025', '0.005', '0.01', '10', '+Inf'].map(bucket)).toEqual(['1', '2', '2', '3', '3', '4']);
  expect(Number(got.get('thingscope_query_duration_seconds_sum'))).toBeCloseTo(20.0073);
});

test('connections by transport, rooms and joins', async () => {
  const { node, backend, clients, read } = setup();
  node.serve(backend, clients);
  const sessions = (['tcp', 'tcp', 'websocket', 'pipe'] as const).map(kind => clients.open(QUIET, kind)!);
  const [one, two] = sessions;
  for (const session of [one!, two!]) await login(session);
  one!.receive(query(1, '.a = room(); .b = room(); .a.set_name("a"); .b.set_name("b");'));
  one!.receive(request(PACKET.join, 2, ['//stuff', 'a', 'b']));
  two!.receive(request(PACKET.join, 3, ['//stuff', 'a']));
  const numbers = async (): Promise<unknown> => {
    const got = await read();
    return ['connections{transport="tcp"}', 'connections{transport="websocket"}', 'connections{transport="pipe"}', 'rooms', 'room_joins'].map(name => got.get(`thingscope_${name}`));
  };
  expect(await numbers()).toEqual(['2', '1', '1', '2', '3']);
  one!.gone();
  sessions[3]!.gone();
  expect(await numbers()).toEqual(['1', '1', '0', '1', '1']);
});

test('each server has metrics of its own', async () => {
  const a = setup();
  const b = setup();
  a.engine.query({ user: a.engine.system.usersById.get(1)!, scope: { kind: 'thingsdb' }, code: '1;' }, () => {});
  expect((await a.read()).get('thingscope_queries_total{result="ok"}')).toBe('1');
  expect((await b.read()).get('thingscope_queries_total{result="ok"}')).toBe('0');
});

test('a histogram counts bounds inclusively', () => {
  const histogram = new Histogram([1, 2]);
  for (const value of [0, 1, 1.5, 2, 3]) histogram.add(value);
  expect([histogram.counts, histogram.sum]).toEqual([[2, 2, 1], 7.5]);
});
