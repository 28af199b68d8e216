/** A client whose connection is lost at each step of a write: the write is made once, and answered. */
import { describe, expect, test } from 'vitest';
import { cluster } from '../../src/errors/messages/cluster.ts';
import { cancelErr } from '../../src/errors/query-error.ts';
import { ERR } from '../../src/errors/codes.ts';
import type { ConnectOptions, RemoteDatabase } from '../../src/library/remote.ts';
import { FakeClock, FakeNode, codeOf, connectFake, engineWithoutIds, newEngine, until } from './net.ts';

const WRITES: readonly (readonly [string, number, (db: RemoteDatabase) => Promise<unknown>])[] = [
  ['a query', 1, db => db.query('.n += 1')],
  ['a query with variables', 5, db => db.query('//stuff', '.n += x', { x: 5 })],
  ['a procedure', 1, db => db.run('//stuff', 'inc')],
  ['a procedure with arguments', 7, db => db.run('//stuff', 'add', [7])],
  ['a query with futures', 11, db => db.query('.n += 1; future(|| .n += 10)')],
];

/** What is to go wrong on a node; gives what ends that. */
const STEPS: readonly (readonly [string, (node: FakeNode) => () => void])[] = [
  ['before it is read', node => {
    node.loseRequests = true;
    return () => (node.loseRequests = false);
  }],
  ['when its change is made', node => node.backend.engine.onChange(() => node.cut())],
  ['before it is answered', node => {
    node.loseAnswers = true;
    return () => (node.loseAnswers = false);
  }],
  ['within the answer', node => {
    node.loseAfter = 5;
    return () => (node.loseAfter = Infinity);
  }],
];

async function twoNodes(make = newEngine, options: ConnectOptions = {}): Promise<{ a: FakeNode; b: FakeNode; db: RemoteDatabase; clock: FakeClock }> {
  const engine = make();
  const nodes = { a: new FakeNode(engine), b: new FakeNode(engine) };
  const clock = new FakeClock();
  const db = await connectFake(nodes, { clock, pingInterval: 100, ...options });
  await db.query('.n = 0; new_procedure("inc", || .n += 1); new_procedure("add", |x| .n += x); nil');
  return { ...nodes, db, clock };
}

describe.each(WRITES)('%s', (_name, sum, write) => {
  test.each(STEPS)('is repeated on another node when its connection is lost %s', async (_step, begin) => {
    const { a, b, db } = await twoNodes();
    const end = begin(a);
    expect(await write(db)).toBe(sum);
    end();
    expect([a.connections, b.connections]).toEqual([0, 1]);
    expect(await db.query('.n')).toBe(sum);
    expect(await write(db)).toBe(2 * sum);
    await db.close();
  });
});

test('what must not be repeated is not, and what a node itself does never is', async () => {
  const { a, b, db } = await twoNodes();
  a.loseAnswers = true;
  expect(await codeOf(db.with({ repeat: false }).query('.n += 1'))).toBe(ERR.requestCancel);
  a.loseAnswers = false;
  await db.ping();
  b.loseAnswers = true;
  expect(await codeOf(db.query('@n', 'reset_counters()'))).toBe(ERR.requestCancel);
  expect(await db.query('.n')).toBe(1);
  await db.close();
});

test('is not repeated where ids are not known: there it would be made twice', async () => {
  const a = new FakeNode(newEngine());
  const b = new FakeNode(engineWithoutIds());
  const db = await connectFake({ a, b });
  await db.query('.n = 0; nil');
  a.loseAnswers = true;
  const write = codeOf(db.query('.n += 1'));
  const read = codeOf(db.query('.n'));
  expect(await write).toBe(ERR.requestCancel);
  // That one may be repeated anywhere; here there is no such property.
  expect(await read).toBe(ERR.lookup);
  await db.close();
});

test('when a node has lost the one that it had asked, another one is asked', async () => {
  const engine = newEngine();
  let lost = false;
  const a = new FakeNode(engine, { durable: () => (lost ? Promise.reject(cancelErr(cluster.unknown())) : null) });
  const b = new FakeNode(engine);
  const db = await connectFake({ a, b });
  await db.query('.n = 0; nil');
  lost = true;
  expect(await db.query('.n += 1')).toBe(1);
  expect([await db.query('.n'), b.connections]).toEqual([1, 1]);
  await db.close();
});

test('many at once, of which some are answered, are each made once', async () => {
  const { a, b, db } = await twoNodes(newEngine, { inFlightMax: 50 });
  const writes = Array.from({ length: 500 }, (_, i) => db.query('//stuff', '.n += 1; i', { i }));
  await writes[100];
  a.cut();
  await writes[200];
  b.loseAnswers = true;
  await until(() => b.connections === 0);
  b.loseAnswers = false;
  expect(await Promise.all(writes)).toEqual(writes.map((_, i) => i));
  expect(await db.query('.n')).toBe(500);
  // All were answered, so nothing but the last is remembered.
  await db.query('.n += 1');
  expect([...a.backend.engine.system.answered.clients.values()].map(({ outcomes }) => outcomes.size)).toEqual([1]);
  await db.close();
});

test('more than the server remembers have no ids', async () => {
  const engine = newEngine({ open: 2 });
  const a = new FakeNode(engine);
  const db = await connectFake({ a });
  await db.query('.n = 0; nil');
  a.loseAnswers = true;
  const codes = Promise.all([1, 2, 3, 4].map(() => codeOf(db.query('.n += 1'))));
  await until(() => a.connections === 0);
  a.loseAnswers = false;
  expect(await codes).toEqual([0, 0, ERR.requestCancel, ERR.requestCancel]);
  expect(await db.query('.n')).toBe(4);
  await db.close();
});

test.each([
  ['is not made again', false],
  ['is, where a ping has told how far the server was', true],
])('one that may have been forgotten %s', async (_name, ping) => {
  const { a, b, db, clock } = await twoNodes(() => newEngine({ bytes: 2_000 }));
  for (let i = 0; i < 20; i++) {
    const other = await connectFake({ b });
    await other.query('.n += 1');
    await other.close();
  }
  if (ping) {
    clock.advance(100);
    await db.ping();
  }
  a.loseRequests = true;
  const write = db.query('.n += 1');
  if (ping) expect(await write).toBe(21);
  else await expect(write).rejects.toMatchObject({ code: ERR.requestCancel, done: false });
  expect(await db.query('.n')).toBe(ping ? 21 : 20);
  await db.close();
});

test('a long answer is lost, but not that the request was done', async () => {
  const { a, db } = await twoNodes();
  a.loseAnswers = true;
  await expect(db.query('.n += 1; range(5000)')).rejects.toMatchObject({ code: ERR.requestCancel, done: true });
  expect(await db.query('.n')).toBe(1);
  await db.close();
});
