/** Requests that come again: whatever became of them the first time, they are carried out once. */
import { describe, expect, test } from 'vitest';
import { changeRecord } from '../../src/change-record.ts';
import { dumpText } from '../../src/check/dump.ts';
import { testHost } from '../../src/check/test-host.ts';
import { ANSWERED_LIMITS, AnsweredRequests, type AnsweredLimits, type RequestId } from '../../src/collection/answered.ts';
import { Engine, type CommittedChange } from '../../src/engine.ts';
import { ERR } from '../../src/errors/codes.ts';
import { QueryError } from '../../src/errors/query-error.ts';
import { LocalBackend, LocalLogin } from '../../src/server/local.ts';
import { loadSnapshot } from '../../src/snapshot/load.ts';
import { takeSnapshot } from '../../src/snapshot/take.ts';
import { Reader, Writer } from '../../src/wire/msgpack.ts';
import { packPlain } from '../../src/wire/pack-plain.ts';
import { unpackPlain, type Plain } from '../../src/wire/plain.ts';
import { random } from '../collection/random-queries.ts';
import { START } from './setup.ts';

/** An engine behind its backend. */
class Node {
  readonly clock: { now: number };
  readonly engine: Engine;
  readonly backend: LocalBackend;

  constructor(answered: Partial<AnsweredLimits> = {}, clock = { now: START }) {
    this.clock = clock;
    this.engine = new Engine({ host: testHost({ now: () => clock.now }), answered });
    this.backend = new LocalBackend(this.engine);
  }

  get count(): number {
    return this.engine.system.answered.count;
  }

  ask(code: string, id: RequestId | null = null, { scope = '@:stuff', user = 'admin' } = {}): Promise<Plain> {
    return this.answer(user, (client, out) => this.backend.query(client, this.backend.scope(scope), code, null, out, id));
  }

  run(procedure: string, args: Plain, id: RequestId): Promise<Plain> {
    const packed = new Writer(64);
    packPlain(packed, args);
    return this.answer('admin', (client, out) => this.backend.run(client, this.backend.scope('@:stuff'), procedure, new Reader(packed.copy()), out, id));
  }

  private async answer(user: string, ask: (client: { user: LocalLogin; send(): void }, out: Writer) => void | Promise<Uint8Array>): Promise<Plain> {
    const out = new Writer(64);
    // What else was packed in this turn.
    out.str('before');
    const start = out.pos;
    const late = ask({ user: new LocalLogin(this.engine.system.usersByName.get(user)!, null), send() {} }, out);
    return unpackPlain(late === undefined ? out.copy(start) : await late);
  }
}

/** A node, and one that repeats its changes. */
function pair(answered: Partial<AnsweredLimits> = {}): { a: Node; b: Node; changes: CommittedChange[] } {
  const a = new Node(answered);
  const b = new Node({}, a.clock);
  const changes: CommittedChange[] = [];
  a.engine.onChange(change => {
    changes.push(change);
    b.engine.apply(change);
  });
  a.engine.init();
  return { a, b, changes };
}

const CLIENT = 'client-of-test';
const id = (number: number, oldest = 1, client = CLIENT): RequestId => ({ client, number, oldest, since: null });
const again = (number: number, since = 0, oldest = 1, client = CLIENT): RequestId => ({ client, number, oldest, since });
const codeOf = (asked: Promise<unknown>): Promise<number> => asked.then(() => 0, (e: QueryError) => e.code);

describe('a request that comes again', () => {
  test('has the answer of the first time, on each node that has its change', async () => {
    const { a, b } = pair();
    await a.ask('.n = 0; new_procedure("add", |x| .n += x);');
    expect(await a.ask('.n += 1; [.n, "text", 1.5];', id(1))).toEqual([1, 'text', 1.5]);
    expect(await a.run('add', [5], id(2))).toBe(6);
    await a.ask('.n += 100;');
    for (const node of [a, b]) {
      expect(await node.ask('.n += 1; [.n, "text", 1.5];', again(1))).toEqual([1, 'text', 1.5]);
      expect(await node.run('add', [5], again(2))).toBe(6);
      expect(await node.ask('.n;')).toBe(106);
    }
    expect(dumpText(b.engine)).toBe(dumpText(a.engine));
  });

  test('has the same error, and what was done before it stays done once', async () => {
    const { a, b } = pair();
    await a.ask('.n = 0;');
    const first = await a.ask('.n += 1; .nothing;', id(1)).catch((e: unknown) => e) as QueryError;
    expect(first).toMatchObject({ code: ERR.lookup, pos: 9 });
    for (const node of [a, b]) {
      const second = await node.ask('.n += 1; .nothing;', again(1)).catch((e: unknown) => e);
      expect(second).toEqual(first);
      expect(second).toBeInstanceOf(QueryError);
      expect(await node.ask('.n;')).toBe(1);
    }
  });

  test('is shown in the change with what became of it', async () => {
    const { a, changes } = pair({ answerBytes: 100 });
    const outcomes = (): unknown[] => changes.splice(0).map(change => changeRecord(a.engine, change).events.at(-1)!['outcome']);
    await a.ask('.n = 1; [.n, "text", {a: nil}];', id(1));
    expect(outcomes().pop()).toEqual({ ok: true, value: [1, 'text', { a: null }] });
    await codeOf(a.ask('.n = 2; .nothing;', id(2)));
    expect(outcomes()).toEqual([{ ok: false, code: ERR.lookup, message: 'thing `#1` has no property `nothing`' }]);
    await a.ask('.n = 3; range(1000);', id(3));
    expect(outcomes()).toEqual([{ done: true }]);
    await a.ask('.n = 4; future(|| .n = 5);', id(4));
    expect(outcomes()).toEqual([{ done: false }, undefined, { ok: true, value: 5 }]);
  });

  test('is carried out when the first did not come so far: refused, or lost on its way', async () => {
    const { a } = pair();
    await a.ask('.n = 0;');
    expect(await codeOf(a.ask('.n += 1; (', id(1)))).toBe(ERR.syntax);
    expect(await a.ask('.n += 1;', again(1))).toBe(1);
    expect(await a.ask('.n += 1;', again(2))).toBe(2);
  });

  test('is carried out again when it makes no change', async () => {
    const { a } = pair();
    await a.ask('.n = 1;');
    expect(await a.ask('.n;', id(1))).toBe(1);
    await a.ask('.n = 2;');
    expect(await a.ask('.n;', again(1))).toBe(2);
    expect(a.count).toBe(0);
  });

  test('is another one for another user, or client', async () => {
    const { a } = pair();
    await a.ask('new_user("bob"); grant("//stuff", "bob", FULL);', null, { scope: '@t' });
    await a.ask('.n = 0;');
    expect(await a.ask('.n += 1;', id(1))).toBe(1);
    expect(await a.ask('.n += 1;', again(1), { user: 'bob' })).toBe(2);
    expect(await a.ask('.n += 1;', again(1, 0, 1, 'another-client'))).toBe(3);
  });

  test('is answered only to who still may ask', async () => {
    const { a } = pair();
    await a.ask('new_user("bob"); grant("//stuff", "bob", QUERY|CHANGE);', null, { scope: '@t' });
    await a.ask('.n = 0;');
    expect(await a.ask('.n += 1;', id(1), { user: 'bob' })).toBe(1);
    await a.ask('revoke("//stuff", "bob", CHANGE);', null, { scope: '@t' });
    expect(await codeOf(a.ask('.n += 1;', again(1), { user: 'bob' }))).toBe(ERR.forbidden);
  });

  test('says so when its answer was too long to be kept', async () => {
    const { a, b } = pair({ answerBytes: 100 });
    expect(await a.ask('.n = 1; range(99);', id(1))).toHaveLength(99);
    expect(await a.ask('.n = 1; range(97);', id(2))).toHaveLength(97);
    for (const node of [a, b]) {
      await expect(node.ask('.n = 1; range(99);', again(1))).rejects.toMatchObject({ code: ERR.requestCancel, done: true });
      expect(await node.ask('.n = 1; range(97);', again(2))).toHaveLength(97);
    }
  });

  test('of which all was forgotten that is below the lowest number is refused', async () => {
    const { a, b } = pair();
    await a.ask('.n = 0;');
    for (let n = 1; n <= 5; n++) await a.ask('.n += 1;', id(n, Math.max(1, n - 1)));
    for (const node of [a, b]) {
      expect(await node.ask('.n += 1;', again(4, 0, 4))).toBe(4);
      await expect(node.ask('.n += 1;', again(3, 0, 3))).rejects.toMatchObject({ code: ERR.requestCancel, done: false });
      // Even if it comes for the first time: it was long on its way, and the client has the answer from elsewhere.
      expect(await codeOf(node.ask('.n += 1;', id(2)))).toBe(ERR.requestCancel);
      expect(await node.ask('.n;')).toBe(5);
    }
  });

  test('is known after a restart: from the changes, and from a snapshot', async () => {
    const { a, changes } = pair();
    await a.ask('.n = 0;');
    expect(await a.ask('.n += 1;', id(1))).toBe(1);
    for (let n = 0; n < 2_000; n++) await a.ask('.n += 1;', id(1 + n % 7, 1, `client-${n % 300}`));
    const blocks: Uint8Array[] = [];
    const snapshot = takeSnapshot(a.engine, { blockBytes: 1_000 });
    for (let block = snapshot.next(); block !== null; block = snapshot.next()) {
      blocks.push(block);
      // Of what happens meanwhile nothing is in it.
      await a.ask('.n += 1;', id(9, 9, `client-${blocks.length}`));
    }
    const restarted = [new Node(), new Node()] as const;
    for (const change of changes) restarted[0].engine.apply(change);
    await loadSnapshot(restarted[1].engine, (async function* () {
      yield* blocks;
    })());
    for (const change of changes) if (change.id > snapshot.changeId) restarted[1].engine.apply(change);
    for (const node of restarted) {
      expect(dumpText(node.engine)).toBe(dumpText(a.engine));
      expect(await node.ask('.n += 1;', again(1))).toBe(1);
    }
  });
});

describe('a request with futures', () => {
  const CODE = '.n += 1; future(|| .n += 10); future(|| .n += 100);';

  test('that comes again while it is under way waits for its end', async () => {
    const { a } = pair();
    await a.ask('.n = 0;');
    expect(await Promise.all([a.ask(CODE, id(1)), a.ask(CODE, again(1)), a.ask(CODE, again(1))])).toEqual([101, 101, 101]);
    expect(await a.ask('.n;')).toBe(111);
  });

  test('has the answer of its end, or the error, later and elsewhere', async () => {
    const { a, b } = pair();
    await a.ask('.n = 0;');
    expect(await a.ask(CODE, id(1))).toBe(101);
    expect(await codeOf(a.ask('future(|| {.n += 1; 1/0;});', id(2)))).toBe(ERR.zeroDiv);
    for (const node of [a, b]) {
      expect(await node.ask(CODE, again(1))).toBe(101);
      expect(await codeOf(node.ask('future(|| {.n += 1; 1/0;});', again(2)))).toBe(ERR.zeroDiv);
      expect(await node.ask('.n;')).toBe(112);
    }
    expect(dumpText(b.engine)).toBe(dumpText(a.engine));
  });

  test('that ended half-way with its node is not begun anew', async () => {
    const { a, changes } = pair();
    await a.ask('.n = 0;');
    const before = changes.length;
    await a.ask(CODE, id(1));
    // One change of the query, one of each future, and one that says how it ended.
    expect(changes.length - before).toBe(4);
    for (let made = 1; made < 4; made++) {
      const next = new Node();
      for (const change of changes.slice(0, before + made)) next.engine.apply(change);
      await expect(next.ask(CODE, again(1))).rejects.toMatchObject({ code: ERR.requestCancel, done: false });
      expect(await next.ask('.n;')).toBe([1, 101, 111][made - 1]);
    }
  });

  test('leaves nothing when it changes nothing, and is carried out again', async () => {
    const { a } = pair();
    await a.ask('.n = 5;');
    expect(await a.ask('future(|| .n);', id(1))).toBe(5);
    await a.ask('.n = 6;');
    expect(await a.ask('future(|| .n);', again(1))).toBe(6);
    expect(a.count).toBe(0);
  });

  test('and one that sets a password is done when that is done', async () => {
    const { a, b, changes } = pair();
    const code = 'new_user("bob"); set_password("bob", "secret"); "done";';
    expect(await a.ask(code, id(1), { scope: '@t' })).toBe('done');
    const made = changes.length;
    for (const node of [a, b]) expect(await node.ask(code, again(1), { scope: '@t' })).toBe('done');
    expect(await codeOf(a.ask('set_password("bob", "other"); 1/0;', id(2), { scope: '@t' }))).toBe(ERR.zeroDiv);
    for (const node of [a, b]) expect(await codeOf(node.ask('set_password("bob", "other"); 1/0;', again(2), { scope: '@t' }))).toBe(ERR.zeroDiv);
    // The query, the password, and how it ended.
    expect(changes.length - made).toBe(3);
    expect(dumpText(b.engine)).toBe(dumpText(a.engine));
  });
});

describe('what is forgotten', () => {
  test('is what silent clients have asked, after a time: that is not carried out again', async () => {
    const { a, b } = pair({ keepSeconds: 100 });
    await a.ask('.n = 0;');
    expect(await a.ask('.n += 1;', id(1))).toBe(1);
    a.clock.now += 99;
    await a.ask('.n += 1;', id(1, 1, 'another-client'));
    expect(await a.ask('.n += 1;', again(1))).toBe(1);
    a.clock.now += 1;
    await a.ask('.n += 1;', id(2, 2, 'another-client'));
    for (const node of [a, b]) {
      await expect(node.ask('.n += 1;', again(1))).rejects.toMatchObject({ code: ERR.requestCancel, done: false });
      expect(node.engine.system.answered.clients.size).toBe(1);
    }
    // Who comes back with something new is welcome, and who saw the count after that which is forgotten is believed.
    expect(await a.ask('.n += 1;', id(3, 3))).toBe(4);
    expect(await a.ask('.n += 1;', again(4, 1, 4, 'a-third-client'))).toBe(5);
    expect(dumpText(b.engine)).toBe(dumpText(a.engine));
  });

  test('is what takes more memory than it may', async () => {
    const { a, b } = pair({ bytes: 50_000 });
    await a.ask('.n = 0;');
    for (let n = 1; n <= 1_000; n++) {
      await a.ask('.n += 1;', id(1, 1, `client-${n}`));
      expect(a.engine.system.answered.bytes).toBeLessThan(51_000);
    }
    expect(a.engine.system.answered.clients.size).toBeGreaterThan(80);
    expect(await a.ask('.n += 1;', again(1, 999, 1, 'client-1000'))).toBe(1_000);
    expect(await codeOf(a.ask('.n += 1;', again(1, 0, 1, 'client-1')))).toBe(ERR.requestCancel);
    expect(dumpText(b.engine)).toBe(dumpText(a.engine));
  });

  test('of one client is what is further back than may be open at one time', async () => {
    const { a } = pair({ open: 10 });
    await a.ask('.n = 0;');
    for (let n = 1; n <= 30; n++) await a.ask('.n += 1;', id(n));
    expect(await a.ask('.n += 1;', again(21))).toBe(21);
    expect(await codeOf(a.ask('.n += 1;', again(20)))).toBe(ERR.requestCancel);
  });

  test('no answered request is ever taken for one that was not made', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const below = random(seed);
      const limits = { ...ANSWERED_LIMITS, keepSeconds: 20, bytes: 3_000, open: 8 };
      const requests = new AnsweredRequests();
      const made: { id: RequestId; count: number; outcome: Uint8Array }[] = [];
      const clients = Array.from({ length: 6 }, (_, i) => ({ client: `client-${i}`, next: 1, oldest: 1 }));
      let now = 0;
      for (let step = 0; step < 60; step++) {
        now += below(4);
        const one = clients[below(clients.length)]!;
        if (below(3) === 0) one.oldest = one.oldest + below(one.next - one.oldest + 1);
        const request = { client: one.client, number: one.next, oldest: one.oldest, since: null };
        // Now and then a client counts on by far.
        one.next += below(20) === 0 ? 2 ** 40 : 1;
        const outcome = new Uint8Array([1, step, below(256)]);
        requests.add(requests.entry(1, request, now, outcome, limits));
        made.push({ id: request, count: requests.count, outcome });
        // Whenever the client had begun to ask.
        const known = made.filter(({ id, count, outcome }) => requests.find(1, id) === outcome || requests.mayBeForgotten(1, { ...id, since: below(count) }));
        expect(known).toHaveLength(made.length);
        // And what is new is carried out.
        expect(requests.mayBeForgotten(1, { client: one.client, number: one.next, oldest: one.oldest, since: requests.count })).toBe(false);
      }
      expect(requests.forgotten).toBeGreaterThan(0);
      expect(requests.bytes).toBe([...requests.clients.values()].reduce((sum, { bytes }) => sum + bytes, 0));
    }
  });
});
