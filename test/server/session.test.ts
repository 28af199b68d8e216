import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ERR } from '../../src/errors/codes.ts';
import { QueryError } from '../../src/errors/query-error.ts';
import { Clients, type ClientsOptions } from '../../src/server/clients.ts';
import type { Session, Transport } from '../../src/server/session.ts';
import { PACKET } from '../../src/wire/packet.ts';
import { FakeBackend } from './fake-backend.ts';
import { Inbox, LOGIN, query, request } from './wire-client.ts';

/** A socket of nothing: `room` is what it takes before it is full. */
class FakeTransport implements Transport {
  readonly name = 'test';
  readonly inbox = new Inbox();
  pending = 0;
  writes = 0;
  paused = false;
  closed = false;
  stuck = false;
  private readonly tasks: (() => void)[] = [];

  write(bytes: Uint8Array): boolean {
    this.writes++;
    if (this.stuck) {
      this.pending += bytes.length;
      return false;
    }
    this.inbox.push(bytes.slice());
    return true;
  }
  pause(): void {
    this.paused = true;
  }
  resume(): void {
    this.paused = false;
  }
  close(): void {
    this.closed = true;
  }
  later(run: () => void): void {
    this.tasks.push(run);
  }
  runTasks(): void {
    for (const run of this.tasks.splice(0)) run();
  }
}

interface Setup {
  backend: FakeBackend;
  transport: FakeTransport;
  session: Session;
  clients: Clients;
  log: string[];
  /** Answers as `pid type body`. */
  answers: () => unknown[];
}

function setup(options: Partial<ClientsOptions> = {}, loggedIn = true): Setup {
  const backend = new FakeBackend();
  const log: string[] = [];
  const clients = new Clients(backend, { log: (_, text) => log.push(text), now: () => 0, ...options });
  const transport = new FakeTransport();
  const session = clients.open(transport, 'tcp')!;
  if (loggedIn) {
    session.receive(LOGIN);
    transport.inbox.all.length = 0;
    transport.writes = 0;
  }
  return { backend, transport, session, clients, log, answers: () => transport.inbox.all.map(({ pid, type, body }) => [pid, type, ...(body === undefined ? [] : [body])]) };
}

/** Lets promises that are already settled go on. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const error = (code: number, msg: string, hint?: string): object => ({ error_code: code, error_msg: msg, ...(hint === undefined ? {} : { hint }) });

describe('before the login', () => {
  test('only pings, logins and the old watch are answered', () => {
    const { session, answers } = setup({}, false);
    for (const [pid, type] of [[1, PACKET.ping], [2, PACKET.watch], [3, PACKET.unwatch], [4, PACKET.query], [5, PACKET.run]] as const) session.receive(request(type, pid));
    const refused = error(ERR.auth, 'connection is not authenticated');
    expect(answers()).toEqual([[1, PACKET.pong], [2, PACKET.ok], [3, PACKET.ok], [4, PACKET.error, refused], [5, PACKET.error, refused]]);
  });

  test('only small packages are taken, after it large ones', () => {
    const small = setup({ maxBodyBeforeLogin: 100 }, false);
    small.session.receive(query(1, 'x'.repeat(100)).slice(0, 8));
    expect(small.transport.closed).toBe(true);
    const large = setup({ maxBodyBeforeLogin: 100 }, false);
    large.session.receive(LOGIN);
    large.session.receive(query(2, 'x'.repeat(1000)));
    expect(large.answers()[1]).toEqual([2, PACKET.data, 'x'.repeat(1000)]);
  });
});

describe('login', () => {
  const invalid = error(ERR.badData, 'invalid authentication request');
  test.each([
    [['admin', 'pass'], PACKET.ok, undefined],
    ['token', PACKET.ok, undefined],
    [['admin', 'x'], PACKET.error, error(ERR.auth, 'invalid username or password')],
    ['x', PACKET.error, error(ERR.auth, 'invalid token')],
    [undefined, PACKET.error, invalid],
    [1, PACKET.error, invalid],
    [['admin'], PACKET.error, invalid],
    [['admin', 'pass', 1], PACKET.error, invalid],
    [['admin', 1], PACKET.error, invalid],
  ])('%j', (body, type, answer) => {
    const { session, transport } = setup({}, false);
    session.receive(request(PACKET.auth, 9, body));
    expect(transport.inbox.all).toEqual([{ pid: 9, type, body: answer }]);
  });

  test('a second one switches the user, a failing one does not', () => {
    const { session, answers } = setup();
    session.receive(request(PACKET.auth, 1, 'wrong'));
    session.receive(query(2, 'user'));
    session.receive(request(PACKET.auth, 3, 'token'));
    session.receive(query(4, 'user'));
    expect(answers()).toEqual([[1, PACKET.error, error(ERR.auth, 'invalid token')], [2, PACKET.data, 'admin'], [3, PACKET.ok], [4, PACKET.data, 'token']]);
  });

  test('what comes while it is checked waits for it', async () => {
    const { backend, session, transport, answers } = setup({}, false);
    let checked = (): void => {};
    backend.slowLogin = new Promise((resolve) => (checked = resolve));
    session.receive(Buffer.concat([LOGIN, query(2, 'user'), request(PACKET.ping, 3)]));
    session.receive(query(4, 'user'));
    expect(answers()).toEqual([]);
    expect(transport.paused).toBe(true);
    checked();
    await settle();
    expect(transport.paused).toBe(false);
    expect(answers()).toEqual([[1, PACKET.ok], [2, PACKET.data, 'admin'], [3, PACKET.pong], [4, PACKET.data, 'admin']]);
  });

  test('many failing ones end the connection', () => {
    const { session, transport } = setup({ maxFailedLogins: 3 }, false);
    for (let i = 0; i < 3; i++) session.receive(request(PACKET.auth, i, 'wrong'));
    transport.runTasks();
    expect(transport.inbox.all.length).toBe(3);
    expect(transport.closed).toBe(true);
  });
});

describe('ids of requests', () => {
  test('are offered in the answer to a ping that asks, after the login', () => {
    const { backend, session, answers } = setup({}, false);
    backend.ids = { max: 10, count: 70_000 };
    session.receive(Buffer.concat([request(PACKET.ping, 1, {}), LOGIN, request(PACKET.ping, 2), request(PACKET.ping, 3, {})]));
    expect(answers().filter((_, i) => i !== 1)).toEqual([[1, PACKET.pong], [2, PACKET.pong], [3, PACKET.pong, { request_ids: { max: 10, count: 70_000 } }]]);
    backend.ids = null;
    session.receive(request(PACKET.ping, 4, {}));
    expect(answers().at(-1)).toEqual([4, PACKET.pong]);
  });

  test.each([
    [{ a: [1, { b: 2 }] }, ['abcd-_99', 5, 2], { client: 'abcd-_99', number: 5, oldest: 2, since: null }],
    [null, ['abcdefghijklmnopqrstuvwxyzabcdef', 2 ** 40, 2 ** 40, 0], { client: 'abcdefghijklmnopqrstuvwxyzabcdef', number: 2 ** 40, oldest: 2 ** 40, since: 0 }],
    // What is no id at all is passed over.
    [{}, null, null],
    [{}, { id: 1 }, null],
  ])('behind %j: %j', (vars, id, want) => {
    const { session, transport } = setup();
    session.receive(request(PACKET.query, 7, ['//stuff', 'id', vars, id]));
    expect(transport.inbox.all).toEqual([{ pid: 7, type: PACKET.data, body: [vars, JSON.stringify(want)] }]);
  });

  test.each([
    [[]], [['abcdefgh']], [['abcdefgh', 1]], [['short', 1, 1]], [['abcdefghijklmnopqrstuvwxyzabcdefg', 1, 1]], [['abcdefg é', 1, 1]], [['abcdefgh', 1, 2]], [['abcdefgh', 1, 0]],
    [['abcdefgh', 2, 1, -1]], [['abcdefgh', 1.5, 1]], [[12345678, 1, 1]], [['abcdefgh', 1, 1, 1, 1]], [['abcdefgh', 1, 1, null]],
  ])('that make no sense are refused: %j', id => {
    const { session, transport } = setup();
    session.receive(request(PACKET.query, 7, ['//stuff', 'id', {}, id]));
    expect(transport.inbox.all).toMatchObject([{ pid: 7, type: PACKET.error, body: { error_code: ERR.badData } }]);
    session.receive(request(PACKET.query, 8, ['//stuff', 'code']));
    expect(transport.inbox.all[1]).toEqual({ pid: 8, type: PACKET.data, body: 'code' });
  });
});

describe('requests', () => {
  const noScope = error(ERR.badData, 'expecting the request to contain an array with as scope as first item');
  const noCode = error(ERR.type, 'expecting the code in a `query` request to be of type `string`');
  test.each([
    [['//stuff', 'code'], PACKET.data, 'code'],
    [['@t', 'scope'], PACKET.data, '@t'],
    [['//stuff', 'vars'], PACKET.data, null],
    [['//stuff', 'vars', { a: [1, 'b'] }, 'more is ignored'], PACKET.data, { a: [1, 'b'] }],
    [['//stuff', 'vars', 5], PACKET.data, 5],
    [undefined, PACKET.error, noScope],
    [[], PACKET.error, noScope],
    [[1, 'x'], PACKET.error, noScope],
    [{}, PACKET.error, noScope],
    ['//stuff', PACKET.error, noScope],
    [['nope', 1], PACKET.error, error(ERR.value, 'invalid scope')],
    [['//stuff'], PACKET.error, noCode],
    [['//stuff', 1], PACKET.error, noCode],
    [['//stuff', 'fail'], PACKET.error, error(ERR.lookup, 'function `fail` is undefined', 'did you mean `file`?')],
    [['//stuff', 'bug'], PACKET.error, error(ERR.internal, 'internal error')],
  ])('a query %j', (body, type, answer) => {
    const { session, transport } = setup();
    session.receive(request(PACKET.query, 7, body));
    expect(transport.inbox.all).toEqual([{ pid: 7, type, body: answer }]);
  });

  test.each([
    [['//stuff', 'p'], PACKET.data, ['p', null]],
    [['//stuff', 'p', [1]], PACKET.data, ['p', [1]]],
    [['//stuff', 'p', { a: 1 }], PACKET.data, ['p', { a: 1 }]],
    [['//stuff'], PACKET.error, error(ERR.type, 'expecting the array in a `run` request to have a second value of type `str`')],
    [5, PACKET.error, noScope],
  ])('a run %j', (body, type, answer) => {
    const { session, transport } = setup();
    session.receive(request(PACKET.run, 7, body));
    expect(transport.inbox.all).toEqual([{ pid: 7, type, body: answer }]);
  });

  test('error texts end with the address of their page when there is a base', () => {
    const { session, transport } = setup({ docsUrl: 'https://docs.thingsdb.io/v1' });
    session.receive(query(1, 'fail'));
    expect(transport.inbox.all[0]!.body).toMatchObject({ error_msg: 'function `fail` is undefined; see https://docs.thingsdb.io/v1/data-types' });
  });

  test('an unknown one is logged and not answered, and the connection stays', () => {
    const { session, answers, log } = setup();
    session.receive(request(99, 1));
    session.receive(request(42, 2, ['//stuff', 1]));
    session.receive(request(PACKET.ping, 3));
    expect(answers()).toEqual([[3, PACKET.pong]]);
    expect(log).toEqual(['unexpected package type 99 from `test`', 'unexpected package type 42 from `test`']);
  });

  test('a node that is not ready refuses them', () => {
    const { backend, session, answers } = setup();
    backend.status = 'BUILDING';
    session.receive(query(1, 'x'));
    expect(answers()).toEqual([[1, PACKET.error, error(ERR.node, 'node is temporary unable to handle the request')]]);
  });

  test('broken MessagePack gets an error of its own, whatever it is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.constantFrom(PACKET.auth, PACKET.query, PACKET.run), (body, type) => {
        const { session, transport } = setup();
        const header = request(type, 5);
        header[0] = body.length;
        session.receive(Buffer.concat([header, body]));
        expect(transport.inbox.all.length).toBe(1);
        expect(transport.inbox.all[0]).toMatchObject({ pid: 5, type: PACKET.error });
        expect(transport.closed).toBe(false);
      }),
      { seed: 11, numRuns: 500 },
    );
  });

  test('a wrong check byte ends the connection, after the answers before it', () => {
    const { session, transport, answers } = setup();
    session.receive(Buffer.concat([query(1, 'x'), Uint8Array.from([0, 0, 0, 0, 0, 0, 34, 0]), query(2, 'y')]));
    expect(answers()).toEqual([[1, PACKET.data, 'x']]);
    expect(transport.closed).toBe(true);
    session.receive(query(3, 'z'));
    expect(answers().length).toBe(1);
  });
});

describe('writing', () => {
  test('all answers of a chunk leave in one write, whatever the cuts', () => {
    const { session, transport, answers } = setup();
    session.receive(Buffer.concat(Array.from({ length: 100 }, (_, i) => query(i, `q${i}`))));
    expect(transport.writes).toBe(1);
    expect(answers()).toEqual(Array.from({ length: 100 }, (_, i) => [i, PACKET.data, `q${i}`]));
  });

  test('an answer that took long leaves before the next request is read', () => {
    let now = 0;
    const { backend, session, transport, answers } = setup({ now: () => now });
    const { query: run } = backend;
    const seen: number[] = [];
    backend.query = (...args) => {
      seen.push(transport.writes);
      now += seen.length % 2 === 0 ? 0.06 : 0.04;
      return run.apply(backend, args);
    };
    session.receive(Buffer.concat([1, 2, 3, 4, 5].map(i => query(i, `q${i}`))));
    expect(seen).toEqual([0, 0, 1, 1, 2]);
    expect(transport.writes).toBe(3);
    expect(answers()).toEqual([1, 2, 3, 4, 5].map(i => [i, PACKET.data, `q${i}`]));
  });

  test('answers that come later leave together', async () => {
    const { backend, session, transport, answers } = setup();
    session.receive(Buffer.concat([query(1, 'wait'), query(2, 'now'), query(3, 'wait fail'), query(4, 'wait')]));
    expect(answers()).toEqual([[2, PACKET.data, 'now']]);
    backend.wake();
    await settle();
    transport.runTasks();
    expect(transport.writes).toBe(2);
    expect(answers().slice(1)).toEqual([[1, PACKET.data, 'waited'], [3, PACKET.error, error(ERR.lookup, 'too late')], [4, PACKET.data, 'waited']]);
  });

  test('large answers of one turn do not pile up', () => {
    const { session, transport } = setup();
    session.receive(Buffer.concat(Array.from({ length: 10 }, (_, i) => query(i, 'big 300000'))));
    expect(transport.writes).toBe(10);
    expect(transport.inbox.all.length).toBe(10);
  });

  test('an event leaves before the answer that it came with', () => {
    const { session, answers } = setup();
    session.receive(query(1, 'event'));
    expect(answers()).toEqual([[65535, 5, 'an event'], [1, PACKET.data, null]]);
  });

  test('nothing leaves before it is durable, and the order stays', async () => {
    const { backend, session, answers } = setup();
    let durable = (): void => {};
    backend.gate = new Promise<void>((resolve) => (durable = resolve));
    session.receive(query(1, 'first'));
    session.receive(query(2, 'second'));
    backend.gate = null;
    session.receive(query(3, 'third'));
    await settle();
    expect(answers()).toEqual([]);
    durable();
    await settle();
    expect(answers()).toEqual([[1, PACKET.data, 'first'], [2, PACKET.data, 'second'], [3, PACKET.data, 'third']]);
  });

  test('answers of a scope of which all is durable leave at once, unless something else that is not is to leave with them', async () => {
    const { backend, session, answers } = setup();
    let durable = (): void => {};
    backend.gate = new Promise<void>((resolve) => (durable = resolve));
    backend.free = '//b';
    session.receive(Buffer.concat([request(PACKET.query, 1, ['//b', 'one']), request(PACKET.query, 2, ['//b', 'two'])]));
    expect(answers()).toEqual([[1, PACKET.data, 'one'], [2, PACKET.data, 'two']]);
    session.receive(Buffer.concat([request(PACKET.query, 3, ['//b', 'three']), request(PACKET.query, 4, ['//a', 'four'])]));
    await settle();
    expect(answers()).toHaveLength(2);
    // What is asked later is answered later, even if it could have left.
    session.receive(request(PACKET.query, 5, ['//b', 'event']));
    await settle();
    expect(answers()).toHaveLength(2);
    durable();
    await settle();
    expect(answers().map((packet) => (packet as unknown[])[0])).toEqual([1, 2, 3, 4, 65535, 5]);
  });

  test('an event waits for all, even in a scope of which all is durable', async () => {
    const { backend, session, answers } = setup();
    let durable = (): void => {};
    backend.gate = new Promise<void>((resolve) => (durable = resolve));
    backend.free = '//b';
    session.receive(request(PACKET.query, 1, ['//b', 'event']));
    await settle();
    expect(answers()).toEqual([]);
    durable();
    await settle();
    expect(answers().map((packet) => (packet as unknown[])[0])).toEqual([65535, 1]);
  });

  test('when that fails errors leave in place of the answers; events, errors and later answers leave as they are', async () => {
    const { backend, session, answers } = setup();
    backend.gate = Promise.reject(new QueryError(ERR.internal, 'not stored'));
    session.receive(Buffer.concat([query(1, 'x'), query(2, 'event'), query(3, 'fail'), query(4, 'big 300')]));
    backend.gate = null;
    session.receive(query(5, 'y'));
    await settle();
    const refused = error(ERR.internal, 'not stored');
    const all = answers() as [number, number, unknown][];
    expect(all.filter(([pid]) => pid !== 65535)).toEqual([
      [1, PACKET.error, refused], [2, PACKET.error, refused],
      [3, PACKET.error, error(ERR.lookup, 'function `fail` is undefined', 'did you mean `file`?')],
      [4, PACKET.error, refused], [5, PACKET.data, 'y'],
    ]);
    expect(all.filter(([pid]) => pid === 65535)).toEqual([[65535, 5, 'an event']]);
  });
});

describe('back-pressure', () => {
  test('a client that does not read is not read from, until it does', () => {
    const { session, transport } = setup({ pendingHigh: 1000 });
    transport.stuck = true;
    session.receive(query(1, 'big 5000'));
    expect(transport.paused).toBe(true);
    session.receive(query(2, 'x'));
    expect(transport.writes).toBe(1);
    transport.stuck = false;
    transport.pending = 0;
    session.drained();
    expect(transport.paused).toBe(false);
    expect(transport.inbox.all.map(({ pid }) => pid)).toEqual([2]);
  });

  test('it is dropped at a bound', () => {
    const { session, transport, clients } = setup({ pendingHigh: 1000, pendingMax: 10_000 });
    transport.stuck = true;
    const body = new Uint8Array(2000);
    for (let i = 0; i < 10; i++) {
      session.send(PACKET.roomEmit, body);
      transport.runTasks();
    }
    expect(transport.closed).toBe(true);
    expect(transport.pending).toBeLessThan(15_000);
    expect(clients.size).toBe(0);
  });

  test('so is one with too much under way: its next requests wait', async () => {
    const { backend, session, transport } = setup({ maxInFlight: 2 });
    session.receive(Buffer.concat([query(1, 'wait'), query(2, 'wait'), query(3, 'now')]));
    expect(transport.paused).toBe(true);
    expect(backend.asked).toEqual(['wait', 'wait']);
    backend.wake();
    await settle();
    transport.runTasks();
    expect(backend.asked).toEqual(['wait', 'wait', 'now']);
    expect(transport.inbox.all.map(({ pid }) => pid).sort()).toEqual([1, 2, 3]);
  });
});

test('an answer for a connection that is gone is dropped', async () => {
  const { backend, session, transport, clients } = setup();
  session.receive(query(1, 'wait'));
  session.gone();
  expect(clients.size).toBe(0);
  backend.wake();
  await settle();
  transport.runTasks();
  expect(transport.writes).toBe(0);
});

test('the node status goes to all who are logged in, and still leaves when the server stops', () => {
  const one = setup();
  const stranger = new FakeTransport();
  one.clients.open(stranger, 'tcp');
  one.clients.nodeStatus(3, 'SHUTTING_DOWN');
  one.clients.close();
  expect(one.answers()).toEqual([[65535, PACKET.nodeStatus, { id: 3, status: 'SHUTTING_DOWN' }]]);
  expect(stranger.inbox.all).toEqual([]);
  expect([one.transport.closed, stranger.closed]).toEqual([true, true]);
});

test('no more connections than allowed', () => {
  const { clients } = setup({ maxConnections: 1 });
  expect(clients.open(new FakeTransport(), 'tcp')).toBe(null);
});
