/** The client against nodes without sockets: what it does when they come and go. */
import { expect, test } from 'vitest';
import { ERR } from '../../src/errors/codes.ts';
import { ThingscopeError } from '../../src/library/error.ts';
import { NODE_STATUS } from '../../src/server/backend.ts';
import { FakeClock, FakeNode, codeOf, connectFake, engineWithoutIds, newEngine, until } from './net.ts';

test('the first address that answers is taken', async () => {
  const engine = newEngine();
  const nodes = { a: new FakeNode(engine), b: new FakeNode(engine) };
  nodes.a.up = false;
  const connected: string[] = [];
  const db = await connectFake(nodes, { onConnect: url => void connected.push(url) });
  expect(await db.query('1 + 1')).toBe(2);
  expect(connected).toEqual(['b']);
  await db.close();
});

test('no address answers: each is tried once', async () => {
  const engine = newEngine();
  const nodes = { a: new FakeNode(engine), b: new FakeNode(engine) };
  nodes.a.up = nodes.b.up = false;
  const error = await connectFake(nodes).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(ThingscopeError);
  expect((error as ThingscopeError).explain()).toBe('write_uv_err (-3): cannot connect to b: refused');
  expect([nodes.a.dialled, nodes.b.dialled]).toEqual([1, 1]);
});

test('a refused login is told at once, and leaves no connection', async () => {
  const engine = newEngine();
  const nodes = { a: new FakeNode(engine), b: new FakeNode(engine) };
  expect(await codeOf(connectFake(nodes, { password: 'no' }))).toBe(ERR.auth);
  expect(nodes.b.dialled).toBe(0);
  await until(() => nodes.a.connections === 0);
});

test('a token logs in, also after a reconnect', async () => {
  const a = new FakeNode(newEngine());
  const admin = await connectFake({ a });
  const token = await admin.query<string>('@t', "new_token('admin')");
  const db = await connectFake({ a }, { token });
  a.cut();
  expect(await db.query('@t', 'user_info().load().name')).toBe('admin');
  await Promise.all([db.close(), admin.close()]);
});

test('a node that does not answer is given up after the connect timeout', async () => {
  const engine = newEngine();
  const nodes = { a: new FakeNode(engine), b: new FakeNode(engine) };
  nodes.a.silent = true;
  const clock = new FakeClock();
  const connecting = connectFake(nodes, { clock, connectTimeout: 700 });
  await clock.set(700);
  clock.advance(700);
  const db = await connecting;
  expect(nodes.b.connections).toBe(1);
  await db.close();
});

test('waits between rounds double up to their bound, half of each by chance', async () => {
  const engine = newEngine();
  const nodes = { a: new FakeNode(engine), b: new FakeNode(engine) };
  const clock = new FakeClock();
  const db = await connectFake(nodes, { clock, retryDelay: 100, retryDelayMax: 500, pingInterval: 0 });
  clock.chance = 0.5;
  nodes.b.up = false;
  nodes.a.crash();
  // Of what was lost each address is tried at once.
  for (const [round, delay] of [75, 150, 300, 375, 375].entries()) {
    await clock.set(delay);
    expect([nodes.a.dialled, nodes.b.dialled]).toEqual([2 + round, 1 + round]);
    clock.advance(delay);
  }
  await clock.set(375);
  nodes.b.up = true;
  clock.advance(375);
  expect(await db.query('2')).toBe(2);
  // An answer was had, so the next loss is met without a wait again.
  nodes.a.up = true;
  nodes.b.crash();
  expect(await db.query('3')).toBe(3);
  await db.close();
});

test('a node that takes connections and loses them is not hammered', async () => {
  const a = new FakeNode(newEngine());
  const clock = new FakeClock();
  let connected = 0;
  const db = await connectFake({ a }, { clock, retryDelay: 100, pingInterval: 0, onConnect: () => void connected++ });
  a.cut();
  await until(() => connected === 2); // the first time is worth a try at once
  for (const [i, delay] of [50, 100, 200, 400].entries()) {
    a.cut();
    await clock.set(delay);
    clock.advance(delay);
    await until(() => connected === 3 + i);
  }
  await db.close();
});

test('what is asked while it is away waits, in order; more than the bound is refused', async () => {
  const a = new FakeNode(newEngine());
  const clock = new FakeClock();
  const db = await connectFake({ a }, { clock, queueMax: 3, pingInterval: 0 });
  await db.query('.l = []; nil');
  a.crash();
  await until(() => a.dialled > 1);
  const waiting = [1, 2, 3].map(n => db.query('//stuff', '.l.push(n)', { n }));
  expect(await codeOf(db.query('.l'))).toBe(ERR.maxQuota);
  a.up = true;
  await clock.set(125);
  clock.advance(125);
  expect(await Promise.all(waiting)).toEqual([1, 2, 3]);
  expect(await db.query('.l')).toEqual([1, 2, 3]);
  await db.close();
});

test('reads are repeated; of writes nobody knows where requests have no ids, so they fail, unless they may be repeated', async () => {
  const a = new FakeNode(engineWithoutIds());
  const db = await connectFake({ a });
  await db.query('.n = 0; new_procedure("inc", || .n += 1); nil');
  const lost = async (ask: () => Promise<unknown>): Promise<unknown> => {
    await db.ping();
    a.loseAnswers = true;
    const asked = ask().catch((e: ThingscopeError) => e.code);
    await until(() => a.connections === 0);
    a.loseAnswers = false;
    return asked;
  };
  expect(await lost(() => db.query('.n'))).toBe(0);
  expect(await lost(() => db.with({ repeat: false }).query('.n'))).toBe(ERR.requestCancel);
  expect(await lost(() => db.query('.n += 1'))).toBe(ERR.requestCancel);
  expect(await lost(() => db.run('//stuff', 'inc'))).toBe(ERR.requestCancel);
  expect(await db.query('.n')).toBe(2);
  expect(await lost(() => db.with({ repeat: true }).query('.n = 7'))).toBe(7);
  // What a node itself does is no read, whatever is stored.
  expect(await lost(() => db.query('@n', 'reset_counters()'))).toBe(ERR.requestCancel);
  await db.close();
});

test('a node that shuts down is left at once, and answers what it was asked', async () => {
  const engine = newEngine();
  const nodes = { a: new FakeNode(engine), b: new FakeNode(engine) };
  const lost: string[] = [];
  const db = await connectFake(nodes, { onLost: e => void lost.push(e.message) });
  const slow = db.query('future(|| 5)');
  nodes.a.shutDown();
  expect(await slow).toBe(5);
  await until(() => nodes.b.connections === 1 && nodes.a.connections === 0);
  expect(await db.query('6')).toBe(6);
  expect(lost).toEqual([]);
  await db.close();
});

test('with one address a node that shuts down is used to its end', async () => {
  const a = new FakeNode(newEngine());
  const db = await connectFake({ a });
  a.shutDown();
  expect(await db.query('6')).toBe(6);
  expect(a.dialled).toBe(1);
  await db.close();
});

test('a node that is not ready is left for another', async () => {
  const engine = newEngine();
  const nodes = { a: new FakeNode(engine), b: new FakeNode(engine) };
  const db = await connectFake(nodes);
  nodes.a.backend.status = NODE_STATUS.offline;
  expect(await db.query('.n = 1')).toBe(1);
  expect(nodes.b.connections).toBe(1);
  // An error of the same code that a query raises is not that.
  expect(await codeOf(db.query("raise(node_err('no'))"))).toBe(ERR.node);
  await db.close();
});

test('a connection that says nothing is found out by a ping', async () => {
  const engine = newEngine();
  const nodes = { a: new FakeNode(engine), b: new FakeNode(engine) };
  const clock = new FakeClock();
  const lost: string[] = [];
  const db = await connectFake(nodes, { clock, pingInterval: 1_000, connectTimeout: 300, onLost: e => void lost.push(e.message) });
  clock.advance(1_000);
  await clock.set(1_000); // the pong came, the next ping is due
  expect(lost).toEqual([]);
  nodes.a.silent = true;
  clock.advance(1_000);
  expect(clock.waits).toEqual([300]);
  clock.advance(300);
  await until(() => nodes.b.connections === 1);
  expect(lost).toEqual(['the server did not answer a ping within 300 ms']);
  await db.close();
});

test('a request times out, waiting included', async () => {
  const a = new FakeNode(newEngine());
  const clock = new FakeClock();
  const db = await connectFake({ a }, { clock, requestTimeout: 2_000, pingInterval: 0 });
  a.silent = true;
  const asked = codeOf(db.query('1'));
  const short = codeOf(db.with({ timeout: 500 }).query('1'));
  clock.advance(500);
  expect(await short).toBe(ERR.requestTimeout);
  clock.advance(1_500);
  expect(await asked).toBe(ERR.requestTimeout);
  a.silent = false;
  expect(await db.query('2')).toBe(2);
  await db.close();
});

test('a request can be aborted, on its way and before', async () => {
  const a = new FakeNode(newEngine());
  const db = await connectFake({ a });
  a.silent = true;
  const controller = new AbortController();
  const asked = db.with({ signal: controller.signal }).query('1');
  controller.abort(new Error('enough'));
  await expect(asked).rejects.toThrow('enough');
  await expect(db.with({ signal: controller.signal }).query('1')).rejects.toThrow('enough');
  await db.close();
});

test('the end: what was sent may have been done, what was not is not', async () => {
  const a = new FakeNode(newEngine());
  const controller = new AbortController();
  const db = await connectFake({ a }, { signal: controller.signal });
  a.silent = true;
  const asked = codeOf(db.query('.n = 1'));
  controller.abort(new Error('enough'));
  expect(await asked).toBe(ERR.requestCancel);
  expect(await codeOf(db.query('.n = 1'))).toBe(ERR.writeUv);
  await until(() => a.connections === 0);
});

test('closing leaves no connection and no timer, with pings and without', async () => {
  for (const pingInterval of [0, 1_000]) {
    const clock = new FakeClock();
    const a = new FakeNode(newEngine());
    const db = await connectFake({ a }, { clock, pingInterval });
    const asked = codeOf(db.query('1'));
    await db.close();
    expect(await asked).toBe(ERR.requestCancel);
    await until(() => a.connections === 0);
    expect(clock.waits).toEqual([]);
  }
});

test('without reconnecting the first loss is the end', async () => {
  const a = new FakeNode(newEngine());
  const db = await connectFake({ a }, { reconnect: false });
  a.cut();
  expect(await codeOf(db.query('1'))).toBe(ERR.writeUv);
  expect(a.dialled).toBe(1);
});

test('who may no longer log in is told, and is back when that changes', async () => {
  const engine = newEngine();
  const a = new FakeNode(engine);
  const clock = new FakeClock();
  const db = await connectFake({ a }, { clock, pingInterval: 0 });
  const other = await connectFake({ b: new FakeNode(engine) });
  await other.query('@t', "set_password('admin', 'new')");
  a.cut();
  expect(await codeOf(db.query('1'))).toBe(ERR.auth);
  await other.query('@t', "set_password('admin', 'pass')");
  await clock.set(125);
  clock.advance(125);
  expect(await db.query('1')).toBe(1);
  await Promise.all([db.close(), other.close()]);
});

test('what is too much for the connection waits its turn', async () => {
  const a = new FakeNode(newEngine());
  const db = await connectFake({ a }, { inFlightMax: 10, queueMax: 0 });
  await db.query('.n = 0');
  expect(await Promise.all(Array.from({ length: 95 }, () => db.query('.n += 1')))).toEqual(Array.from({ length: 95 }, (_, i) => i + 1));
  expect(a.most).toBe(10);
  await expect(connectFake({ a }, { inFlightMax: 65_536 })).rejects.toThrow('inFlightMax');
  await db.close();
});

test('values of a template become variables', async () => {
  const a = new FakeNode(newEngine());
  const db = await connectFake({ a });
  const text = '`); .n = 5; (`';
  expect(await db.query`[${text}, ${2n ** 60n}, ${new Uint8Array([1])}, /^\d+$/.test(${'12'}), \`a\${3}\`]`).toEqual(
    [text, 2n ** 60n, new Uint8Array([1]), true, 'a$3']);
  expect(await db.query`datetime(${new Date(0)}).to('UTC') == datetime(0)`).toBe(true);
  await db.close();
});

test('what log() says is told', async () => {
  const a = new FakeNode(newEngine());
  const said: string[] = [];
  const db = await connectFake({ a }, { onWarning: text => void said.push(text) });
  await db.query("log('hello')");
  expect(said).toEqual(['hello']);
  await db.close();
});
