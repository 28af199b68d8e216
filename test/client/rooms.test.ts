/** Rooms of a client, over the coming and going of nodes. */
import { expect, test } from 'vitest';
import { ERR } from '../../src/errors/codes.ts';
import type { Room } from '../../src/client/room.ts';
import type { ThingscopeError } from '../../src/library/error.ts';
import { FakeNode, codeOf, connectFake, newEngine, until } from './net.ts';

const MAKE = ".chat = room(); .chat.set_name('chat');";

/** All that a room says, as text. */
function record(room: Room): string[] {
  const said: string[] = [];
  room.onInit = () => said.push('init');
  room.onJoin = again => said.push(again ? 'join again' : 'join');
  room.onLost = () => said.push('lost');
  room.onLeave = error => said.push(error === null ? 'leave' : `leave: ${error.name}`);
  room.onDelete = () => said.push('delete');
  room.onEmit = (event, args) => said.push(`${event} ${JSON.stringify(args)}`);
  return said;
}

async function setUp() {
  const engine = newEngine();
  const nodes = { a: new FakeNode(engine), b: new FakeNode(engine) };
  const other = await connectFake({ b: new FakeNode(engine) });
  await other.query(MAKE);
  return { nodes, other, db: await connectFake(nodes) };
}

test('join, events, leave', async () => {
  const { db, other } = await setUp();
  const room = db.room('//stuff', 'chat');
  const said = record(room);
  const messages: unknown[] = [];
  const off = room.on('message', (...args) => messages.push(args));
  await room.join();
  expect([room.joined, typeof room.id]).toEqual([true, 'number']);
  await other.query('.chat.emit("message", "Iris", [1, {a: 2}]);');
  await other.room('//stuff', room.id!).emit('other', { b: 3n });
  await room.emit('message', 'mine');
  await room.emitToPeers('message', 'not mine');
  off();
  await room.emit('message', 'nobody asks any more');
  await room.leave();
  await room.emit('late');
  expect(messages).toEqual([['Iris', [1, { a: 2 }]], ['mine']]);
  expect(said).toEqual(['init', 'join', 'other [{"b":3}]', 'message ["nobody asks any more"]', 'leave']);
  await room.join();
  expect(said.slice(5)).toEqual(['join again']);
  await Promise.all([db.close(), other.close()]);
});

test('no such room; no such collection; not a room', async () => {
  const { db } = await setUp();
  expect(await codeOf(db.room('//stuff', 'nope').join())).toBe(ERR.lookup);
  expect(await codeOf(db.room('//nope', 'chat').join())).toBe(ERR.lookup);
  expect(await codeOf(db.room('//stuff', 'nope').emit('a'))).toBe(ERR.lookup);
  expect(() => db.room('stuff', 'chat')).toThrow('invalid scope');
  await expect(db.room('//stuff', '.chat;').join()).rejects.toThrow('expecting `.chat;` to answer the id of a room');
  await db.close();
});

test('events that follow the answer of a join closely are not missed', async () => {
  const { nodes, db } = await setUp();
  const room = db.room('//stuff', 'chat');
  const said = record(room);
  // All of it goes to the server in one turn.
  await Promise.all([room.join(), db.room('//stuff', 'chat').emit('first'), db.query('.chat.emit("second")')]);
  await db.ping();
  expect(said).toEqual(['init', 'join', 'first []', 'second []']);
  expect(nodes.a.connections).toBe(1);
  await db.close();
});

test('after a reconnect it is joined again, by name', async () => {
  const { nodes, db, other } = await setUp();
  const room = db.room('@:stuff', 'chat');
  const said = record(room);
  await room.join();
  const { id } = room;
  nodes.a.crash();
  expect(said).toEqual(['init', 'join', 'lost']);
  // A room of that name, but another one.
  await other.query(`.del('chat'); ${MAKE}`);
  await db.query('.chat.emit("back")');
  expect(room.id).not.toBe(id);
  expect(said).toEqual(['init', 'join', 'lost', 'join again', 'back []']);
  await Promise.all([db.close(), other.close()]);
});

test('after a reconnect it is looked up again, by its query', async () => {
  const { nodes, db, other } = await setUp();
  await other.query('.x = {r: room()}; nil');
  const room = db.room('//stuff', '.x.r.id();');
  const said = record(room);
  await room.join();
  nodes.a.crash();
  await other.query('.x = {r: room()}; nil');
  await db.query('.x.r.emit("back")');
  expect(said).toEqual(['init', 'join', 'lost', 'join again', 'back []']);
  await Promise.all([db.close(), other.close()]);
});

test('a room that is deleted, also while away', async () => {
  const { nodes, db, other } = await setUp();
  const [near, far] = [db.room('//stuff', 'chat'), db.room('//stuff', '.other.id();')];
  await other.query('.other = room(); nil');
  const said = { near: record(near), far: record(far) };
  await near.join();
  await far.join();
  await other.query(".del('chat');");
  await until(() => !near.joined);
  nodes.a.crash();
  await other.query('.other = {id: || 999}; nil');
  await db.ping();
  expect(said).toEqual({ near: ['init', 'join', 'delete'], far: ['init', 'join', 'lost', 'delete'] });
  await Promise.all([db.close(), other.close()]);
});

test('who may no longer join leaves, with the error', async () => {
  const { nodes, db, other } = await setUp();
  const room = db.room('//stuff', 'chat');
  const said = record(room);
  await room.join();
  const left = new Promise<ThingscopeError | null>(resolve => (room.onLeave = resolve));
  await other.query('@t', "whitelist_add('admin', 'rooms', 'other')");
  nodes.a.crash();
  expect((await left)!.code).toBe(ERR.forbidden);
  expect(said).toEqual(['init', 'join', 'lost']);
  expect(await db.query('1')).toBe(1);
  await Promise.all([db.close(), other.close()]);
});

test('from a node that shuts down it moves on, and hears nothing twice', async () => {
  const { nodes, db, other } = await setUp();
  const room = db.room('//stuff', 'chat');
  const heard: unknown[] = [];
  const said = record(room);
  room.on('n', n => heard.push(n));
  await room.join();
  let emitted = 0;
  let moved = Infinity;
  room.onJoin = () => void (moved = emitted);
  for (; emitted < 40; emitted++) {
    if (emitted === 10) nodes.a.shutDown();
    await other.room('//stuff', 'chat').emit('n', emitted);
  }
  await until(() => nodes.a.connections === 0);
  await db.ping();
  expect(moved).toBeLessThan(30);
  // Between the two nodes something may be missed: `onJoin` tells that.
  const all = Array.from({ length: 40 }, (_, n) => n);
  expect(heard.slice(0, 10)).toEqual(all.slice(0, 10));
  expect(heard.slice(moved - 40)).toEqual(all.slice(moved));
  expect([...heard].sort((x, y) => Number(x) - Number(y))).toEqual([...new Set(heard)]);
  expect(said).toEqual(['init', 'join']);
  await Promise.all([db.close(), other.close()]);
});

test('two rooms of a client for one of the server', async () => {
  const { db } = await setUp();
  const [one, two] = [db.room('//stuff', 'chat'), db.room('//stuff', '.chat.id();')];
  const said = { one: record(one), two: record(two) };
  await one.join();
  await two.join();
  await one.emit('both');
  await one.leave();
  await two.emit('two');
  expect(said).toEqual({ one: ['init', 'join', 'both []', 'leave'], two: ['init', 'join', 'both []', 'two []'] });
  await db.close();
});

test('events as an iteration, which ends with the room', async () => {
  const { db } = await setUp();
  const room = db.room<{ message: [text: string] }>('//stuff', 'chat');
  await room.join();
  const seen: string[] = [];
  const reading = (async () => {
    for await (const { event, args } of room) seen.push(`${event} ${args[0]}`);
  })();
  await room.emit('message', 'a');
  await room.emit('message', 'b');
  await room.leave();
  await reading;
  expect(seen).toEqual(['message a', 'message b']);
  const feed = (await room.join())[Symbol.asyncIterator]();
  for (let i = 0; i <= 10_000; i++) room.emitted('message', ['x']);
  for (let i = 0; i < 10_000; i++) await feed.next();
  await expect(feed.next()).rejects.toThrow('more than 10000 events were waiting to be read');
  await db.close();
});

test('a join that is asked while it is away comes when it is back', async () => {
  const { nodes, db, other } = await setUp();
  nodes.a.crash();
  const room = db.room('//stuff', 'chat');
  const said = record(room);
  await room.join();
  await other.query('.chat.emit("hello")');
  await db.ping();
  expect(said).toEqual(['init', 'join', 'hello []']);
  await Promise.all([db.close(), other.close()]);
});
