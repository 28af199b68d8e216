/** Requests about rooms and the events of rooms, over sessions without sockets on a real engine. */
import { describe, expect, test } from 'vitest';
import { testHost } from '../../src/check/test-host.ts';
import { Engine } from '../../src/engine.ts';
import { Clients, type ClientsOptions } from '../../src/server/clients.ts';
import { LocalBackend } from '../../src/server/local.ts';
import type { Session, Transport } from '../../src/server/session.ts';
import { PACKET } from '../../src/wire/packet.ts';
import { userNamed } from '../engine/setup.ts';
import { Inbox, query, request } from './wire-client.ts';

class Wire implements Transport {
  readonly name = 'test';
  readonly inbox = new Inbox();
  pending = 0;
  stuck = false;
  closed = false;
  private readonly work: (() => void)[];

  constructor(work: (() => void)[]) {
    this.work = work;
  }

  write(bytes: Uint8Array): boolean {
    if (this.stuck) this.pending += bytes.length;
    else this.inbox.push(bytes.slice());
    return !this.stuck;
  }
  pause(): void {}
  resume(): void {}
  close(): void {
    this.closed = true;
  }
  later(run: () => void): void {
    this.work.push(run);
  }
}

class Peer {
  readonly wire: Wire;
  readonly session: Session;
  private pid = 10;
  private readonly work: (() => void)[];

  constructor(clients: Clients, work: (() => void)[], login: Uint8Array) {
    this.work = work;
    this.wire = new Wire(work);
    this.session = clients.open(this.wire, 'tcp')!;
    this.session.receive(login);
    this.got();
  }

  /** What came since the last time: `[type, body]`. */
  got(): unknown[] {
    while (this.work.length > 0) for (const run of this.work.splice(0)) run();
    return this.wire.inbox.all.splice(0).map(({ type, body }) => (body === undefined ? [type] : [type, body]));
  }

  ask(type: number, ...body: unknown[]): unknown[] {
    this.session.receive(request(type, ++this.pid, body));
    return this.got();
  }

  query(code: string): unknown[] {
    this.session.receive(query(++this.pid, code));
    return this.got();
  }
}

function setup(options: Partial<ClientsOptions> = {}): { engine: Engine; backend: LocalBackend; peer: (user?: string) => Peer; login: (user: string) => Uint8Array } {
  const engine = new Engine({ host: testHost() });
  engine.init();
  const backend = new LocalBackend(engine);
  const clients = new Clients(backend, options);
  const work: (() => void)[] = [];
  // By token: that is done at once, a password takes its time.
  const login = (name: string): Uint8Array => {
    const user = userNamed(engine, 'admin');
    const key = engine.query({ user, scope: { kind: 'thingsdb' }, code: `new_token('${name}');` }, (_q, value) => value);
    return request(PACKET.auth, 1, key);
  };
  const peer = (user = 'admin'): Peer => new Peer(clients, work, login(user));
  peer().query(".a = room(); .a.set_name('aa'); .b = room(); .b.set_name('bb'); .c = room(); nil;");
  return { engine, backend, peer, login };
}

const SCOPE = '@collection:stuff';
const error = (code: number, msg: string): unknown => [PACKET.error, expect.objectContaining({ error_code: code, error_msg: msg })];
const emitted = (id: number, event: string, ...args: unknown[]): unknown => [PACKET.roomEmit, { scope: SCOPE, id, event, args }];

describe('JOIN', () => {
  test('answers ids, then sends what was joined; twice is once', () => {
    const a = setup().peer();
    expect(a.ask(PACKET.join, '//stuff', 2, 'bb', 'nope', 999, -1)).toEqual([
      [PACKET.data, [2, 3, null, null, null]], [PACKET.roomJoin, { scope: SCOPE, id: 2 }], [PACKET.roomJoin, { scope: SCOPE, id: 3 }],
    ]);
    expect(a.ask(PACKET.join, '//stuff', 'aa', 4, 4)).toEqual([[PACKET.data, [2, 4, 4]], [PACKET.roomJoin, { scope: SCOPE, id: 4 }]]);
    expect(a.ask(PACKET.join, '//stuff')).toEqual([[PACKET.data, []]]);
    expect(a.ask(PACKET.join, '//stuff', 'not valid!')).toEqual([[PACKET.data, [null]]]);
  });

  test('refuses what is no room, other scopes, and those without the right', () => {
    const { peer } = setup();
    const a = peer();
    expect(a.ask(PACKET.join, '//stuff', 'bb', null)).toEqual([error(-53, "join request only accepts integer room id's or string room names")]);
    expect(a.ask(PACKET.leave, '//stuff', ['aa'])).toEqual([error(-53, "leave request only accepts integer room id's or string room names")]);
    expect(a.ask(PACKET.join, '@t', 1)).toEqual([error(-53, 'expecting a `collection` scope')]);
    expect(a.ask(PACKET.join, '@n', 1)).toEqual([error(-53, 'expecting a `collection` scope')]);
    expect(a.ask(PACKET.join, '@:nope', 1)).toEqual([error(-54, 'collection `nope` not found')]);
    expect(a.ask(PACKET.join)).toEqual([error(-53, 'expecting the request to contain an array with as scope as first item')]);
    a.ask(PACKET.query, '@t', "new_user('k'); grant('//stuff', 'k', QUERY); nil;");
    const k = peer('k');
    for (const type of [PACKET.join, PACKET.leave, PACKET.emit, PACKET.emitPeer]) {
      expect(k.ask(type, '//stuff', 'aa', 'x')).toEqual([error(-55, 'user `k` is missing the required privileges (`JOIN`) on scope `@collection:stuff`')]);
    }
  });

  test('goes by the whitelist', () => {
    const { peer } = setup();
    peer().ask(PACKET.query, '@t', "new_user('k'); grant('//stuff', 'k', JOIN); whitelist_add('k', 'rooms', 'aa'); nil;");
    const k = peer('k');
    expect(k.ask(PACKET.join, '//stuff', 2)).toEqual([[PACKET.data, [2]], [PACKET.roomJoin, { scope: SCOPE, id: 2 }]]);
    expect(k.ask(PACKET.join, '//stuff', 'bb')).toEqual([error(-55, 'no match in whitelist for room `bb`')]);
    expect(k.ask(PACKET.join, '//stuff', 4)).toEqual([error(-55, 'no match in whitelist for `room:4`')]);
    expect(k.ask(PACKET.join, '//stuff', 'aa', 'bb', 4, 'nope')).toEqual([[PACKET.data, [2, null, null, null]]]);
    // The list rules joining alone.
    expect(k.ask(PACKET.emit, '//stuff', 'bb', 'x')).toEqual([[PACKET.ok]]);
  });

  test('is refused by a node that shuts down, as are the others', () => {
    const { backend, peer } = setup();
    const a = peer();
    backend.status = 'SHUTTING_DOWN';
    expect(a.ask(PACKET.join, '//stuff', 'aa')).toEqual([error(-51, 'node is temporary unable to handle the request')]);
    expect(a.query('1;')).toEqual([[PACKET.data, 1]]);
  });
});

test('LEAVE sends what was left, then answers', () => {
  const a = setup().peer();
  a.ask(PACKET.join, '//stuff', 'aa');
  expect(a.ask(PACKET.leave, '//stuff', 'aa', 'bb', 'nope')).toEqual([[PACKET.roomLeave, { scope: SCOPE, id: 2 }], [PACKET.data, [2, 3, null]]]);
  expect(a.query(".a.emit('x');")).toEqual([[PACKET.data, null]]);
});

describe('EMIT', () => {
  test('tells all, EMIT_PEER all others', () => {
    const { peer } = setup();
    const [a, b] = [peer(), peer()];
    a.ask(PACKET.join, '//stuff', 'aa');
    b.ask(PACKET.join, '//stuff', 2);
    const told = emitted(2, 'hi', 1, [2], { x: { y: 1 } });
    expect(a.ask(PACKET.emit, '//stuff', 'aa', 'hi', 1, [2], { x: { y: 1 } })).toEqual([told, [PACKET.ok]]);
    expect(b.got()).toEqual([told]);
    expect(a.ask(PACKET.emitPeer, '//stuff', 2, '')).toEqual([[PACKET.ok]]);
    expect(b.got()).toEqual([emitted(2, '')]);
  });

  test('refuses what is wrong', () => {
    const a = setup().peer();
    expect(a.ask(PACKET.emit, '//stuff', 'aa')).toEqual([error(-53, 'invalid emit request')]);
    expect(a.ask(PACKET.emit, '//stuff', 'aa', 5)).toEqual([error(-53, 'invalid emit request')]);
    expect(a.ask(PACKET.emit, '//stuff', null, 'x')).toEqual([error(-53, 'emit request only accepts an integer room id or string room name')]);
    expect(a.ask(PACKET.emit, '//stuff', 'nope', 'x')).toEqual([error(-54, 'collection `stuff` has no `room` with name `nope`')]);
    expect(a.ask(PACKET.emit, '//stuff', 999, 'x')).toEqual([error(-54, 'collection `stuff` has no `room` with id 999')]);
    expect(a.ask(PACKET.emit, '//stuff', 'not valid!', 'x')).toEqual([error(-60, 'room name must follow the naming rules')]);
    expect(a.ask(PACKET.emit, '//stuff', 'aa', 'x', { '#': 5 })).toEqual([error(-60, 'property `#` is reserved')]);
  });
});

describe('queries', () => {
  test('what they emit and log comes before their answer, also when they fail', () => {
    const a = setup().peer();
    a.ask(PACKET.join, '//stuff', 'aa');
    expect(a.query("log('hello'); .a.emit('one'); .x = 1; log(5); 7;")).toEqual([
      [PACKET.warn, { warn_code: 2, warn_msg: 'hello' }], emitted(2, 'one'), [PACKET.warn, { warn_code: 2, warn_msg: '5' }], [PACKET.data, 7],
    ]);
    expect(a.query(".a.emit('one'); 1/0;")).toEqual([emitted(2, 'one'), error(-58, 'division or modulo by zero')]);
    a.query("new_procedure('lg', |x| log(x)); nil;");
    expect(a.ask(PACKET.run, '//stuff', 'lg', ['hey'])).toEqual([[PACKET.warn, { warn_code: 2, warn_msg: 'hey' }], [PACKET.data, null]]);
  });

  test('a room that ends is told', () => {
    const { peer } = setup();
    const [a, b] = [peer(), peer()];
    a.ask(PACKET.join, '//stuff', 'aa', 'bb');
    b.ask(PACKET.join, '//stuff', 'bb');
    expect(a.query('.a = nil; 5;')).toEqual([[PACKET.roomDelete, { scope: SCOPE, id: 2 }], [PACKET.data, 5]]);
    b.ask(PACKET.query, '@t', "del_collection('stuff');");
    expect(a.got()).toEqual([[PACKET.roomDelete, { scope: SCOPE, id: 3 }]]);
  });
});

test('who logs in again stays in the rooms; who is gone hears no more and is forgotten', () => {
  const { engine, peer, login } = setup();
  const a = peer();
  a.ask(PACKET.join, '//stuff', 'aa');
  a.session.receive(login('admin'));
  expect(a.got()).toEqual([[PACKET.ok]]);
  expect(a.query(".a.emit('x');")).toEqual([emitted(2, 'x'), [PACKET.data, null]]);
  a.session.gone();
  expect(engine.system.collectionsByName.get('stuff')!.rooms.get(2)!.listeners).toBe(null);
});

test('a listener that does not read is dropped at the bound, the others hear on', () => {
  const { engine, peer } = setup({ pendingHigh: 1_000, pendingMax: 10_000 });
  const [a, b] = [peer(), peer()];
  a.ask(PACKET.join, '//stuff', 'aa');
  b.ask(PACKET.join, '//stuff', 'aa');
  a.wire.stuck = true;
  for (let i = 0; i < 200; i++) b.query(".a.emit('x', 'some text of some length that fills up');");
  expect(a.wire.closed).toBe(true);
  expect(a.wire.pending).toBeLessThan(20_000);
  expect(engine.system.collectionsByName.get('stuff')!.rooms.get(2)!.listeners!.size).toBe(1);
});
