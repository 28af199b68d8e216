import { expect, test } from 'vitest';
import type { Engine } from '../../src/engine.ts';
import { parseScope } from '../../src/system/scope.ts';
import { unpackPlain, type Plain } from '../../src/wire/plain.ts';
import { setup, userNamed } from './setup.ts';

/** Listens to a room; gives what it hears. */
function listen(engine: Engine, room: number | string, user = 'admin'): { heard: Plain[]; bodies: Uint8Array[]; leave: () => void } {
  const heard: Plain[] = [];
  const bodies: Uint8Array[] = [];
  const leave = engine.subscribe(userNamed(engine, user), parseScope('//stuff'), room, {
    emitted(body) {
      bodies.push(body);
      heard.push(unpackPlain(body));
    },
    deleted(body) {
      heard.push(['deleted', unpackPlain(body)]);
    },
  });
  return { heard, bodies, leave };
}

const event = (id: number, name: string, ...args: Plain[]): Plain => ({ scope: '@collection:stuff', id, event: name, args });

test('events come in order, with and without a change, and also when the query fails later', () => {
  const { engine, query } = setup();
  const id = query(".r = room(); .r.set_name('r'); .r.id();") as number;
  const { heard, leave } = listen(engine, 'r');
  query(".r.emit('one', 1); .r.emit(2, 'two', {a: {b: {c: 1}}});");
  query(".x = 1; .r.emit('three'); nil;");
  expect(() => query(".x = 1; .r.emit('four'); 1/0;")).toThrow();
  expect(heard).toEqual([event(id, 'one', 1), event(id, 'two', { a: { b: {} } }), event(id, 'three'), event(id, 'four')]);
  leave();
  query(".r.emit('five');");
  expect(heard.length).toBe(4);
});

test('those who joined on another node hear what a change emits, and that a room ends', () => {
  const { engine, replica, query } = setup();
  const id = query(".r = room(); .r.set_name('r'); .r.id();") as number;
  const here = listen(engine, id);
  const there = listen(replica, 'r');
  query(".x = 1; .r.emit('e', .x); nil;");
  query('.del("r");');
  const all = [event(id, 'e', 1), ['deleted', { scope: '@collection:stuff', id }]];
  expect(here.heard).toEqual(all);
  expect(there.heard).toEqual(all);
});

test('a room of a collection that is dropped ends', () => {
  const { engine, query } = setup();
  const id = query('.r = room(); .r.id();') as number;
  const { heard } = listen(engine, id);
  query("rename_collection('stuff', 'other'); del_collection('other');", '@t');
  expect(heard).toEqual([['deleted', { scope: '@collection:other', id }]]);
});

test('an event is packed once for all who listen', () => {
  const { engine, query } = setup();
  const id = query('.r = room(); .r.id();') as number;
  const all = Array.from({ length: 10_000 }, () => listen(engine, id));
  query(".r.emit('e', 'x');");
  expect(all.every(({ bodies }) => bodies.length === 1 && bodies[0] === all[0]!.bodies[0])).toBe(true);
});

test('nobody joins without the right', () => {
  const { engine, query } = setup();
  query("new_user('kim'); grant('//stuff', 'kim', QUERY); nil;", '@t');
  const id = query('.r = room(); .r.id();') as number;
  expect(() => listen(engine, id, 'kim')).toThrow(expect.objectContaining({ code: -55 }));
  expect(() => listen(engine, 999)).toThrow(expect.objectContaining({ code: -54 }));
});

test('names and ids are repeated by events', () => {
  const { query, same } = setup();
  query(".a = room(); .b = {r: room()}; .a.set_name('a'); .b.r.set_name('b'); nil;");
  const state = '[.a.id(), .a.name(), .b.r.id(), .b.r.name()];';
  same(state);
  query(".a.set_name('c'); .b.r.set_name('a'); nil;");
  same(state);
  query(".b = nil; .a.set_name('a'); nil;");
  expect(same(".a.name();")).toBe('a');
  expect(same("room('a') == .a;")).toBe(true);
  query('.a.set_name(nil);');
  expect(same("is_err(try(room('a')));")).toBe(true);
});
