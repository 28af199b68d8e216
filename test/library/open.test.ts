import { expect, test } from 'vitest';
import { ThingscopeError, open } from '../../src/index.ts';
import { testHost } from '../../src/check/test-host.ts';

const openTest = () => open({ host: testHost() });

test('a query with variables stores and answers', async () => {
  const db = await openTest();
  await db.query('//stuff', '.greeting = `Hello {name}`;', { name: 'Iris' });
  expect(await db.query('.greeting')).toBe('Hello Iris');
  await db.close();
});

test('ints, floats, bytes and things come as plain values', async () => {
  const db = await openTest();
  const value = await db.query("return {i: 5, big: INT_MAX, f: 0.5, s: 'é', b: bytes('ab'), l: [1, [2]], t: {n: nil}}, 3;");
  expect(value).toEqual({ i: 5, big: 9223372036854775807n, f: 0.5, s: 'é', b: new Uint8Array([97, 98]), l: [1, [2]], t: { n: null } });
});

test('an error has code, name, place and hint', async () => {
  const db = await openTest();
  const error = await db.query('x = 1;\n  rangee(3);').catch((e: unknown) => e);
  expect(error).toBeInstanceOf(ThingscopeError);
  const { code, name, message, place, hint } = error as ThingscopeError;
  expect({ code, name, message, place, hint }).toEqual({
    code: -54, name: 'lookup_err', message: 'function `rangee` is undefined', place: { line: 2, column: 3 }, hint: 'range',
  });
  expect((error as ThingscopeError).explain()).toBe(
    'lookup_err (-54): function `rangee` is undefined\n2 |   rangee(3);\n  |   ^\ndid you mean `range`?');
});

test('a syntax error has its place', async () => {
  const db = await openTest();
  const error = (await db.query('.a = [1, 2;').catch((e: unknown) => e)) as ThingscopeError;
  expect(error.name).toBe('syntax_err');
  expect(error.place).toEqual({ line: 1, column: 11 });
});

test('an error within a stored closure points into its text', async () => {
  const db = await openTest();
  await db.query('.f = |x| { y = x; y + nil };');
  const error = (await db.query('.f(1);').catch((e: unknown) => e)) as ThingscopeError;
  expect(error.explain()).toContain('y + nil');
});

test('what a query did before it failed stays', async () => {
  const db = await openTest();
  await expect(db.query('.a = 1; 1 / 0;')).rejects.toThrow('division or modulo by zero');
  expect(await db.query('.a')).toBe(1);
});

test('changes can be followed', async () => {
  const db = await openTest();
  const changes = db.changes();
  await db.query(".iris = {age: 6, tags: ['a']};");
  await db.query('.iris.age += 1; .iris.tags.push("b");');
  const first = (await changes.next()).value;
  const second = (await changes.next()).value;
  expect(first.scope).toBe('@collection:stuff');
  expect(first.events.map((event: { kind: string }) => event.kind)).toEqual(['new', 'set']);
  expect(second.id).toBe(first.id + 1);
  expect(second.events).toEqual([
    { kind: 'set', thing: 2, key: 'age', value: 7 },
    { kind: 'splice', thing: 2, key: 'tags', at: 1, count: 0, items: ['b'] },
  ]);
  await db.close();
  expect((await changes.next()).done).toBe(true);
});

test('who follows changes is not told hashes of passwords', async () => {
  const db = await openTest();
  const changes = db.changes();
  await db.query('@t', "new_user('iris'); set_password('iris', 'new');");
  await db.query('@t', "set_password('iris', nil);");
  await db.close();
  const told: unknown[] = [];
  for await (const { events } of changes) told.push(...events.filter(({ kind }) => kind === 'set_password'));
  expect(told).toEqual([{ kind: 'set_password', user: 3, hash: '(hidden)' }, { kind: 'set_password', user: 3, hash: null }]);
});

test('a procedure runs with arguments by position and by name', async () => {
  const db = await openTest();
  await db.query("new_procedure('area', |w, h| w * h);");
  expect(await db.run('//stuff', 'area', [3, 4])).toBe(12);
  expect(await db.run('//stuff', 'area', { h: 5, w: 2 })).toBe(10);
});

test('a runaway query ends with an error and the database goes on', async () => {
  const db = await open({ host: testHost(), limits: { steps: 100_000 } });
  await expect(db.query('r = range(1000); for (a in r) for (b in r) for (c in r) 1;')).rejects.toThrow('maximum of 100000 steps');
  expect(await db.query('1 + 1')).toBe(2);
});
