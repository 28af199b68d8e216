import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testHost } from '../../src/check/test-host.ts';
import { open } from '../../src/index.ts';
import { PLAIN } from '../../src/repl/print.ts';
import { Repl } from '../../src/repl/repl.ts';

async function session(lines: readonly string[], interactive = true): Promise<{ out: string; repl: Repl }> {
  let out = '';
  let now = 0;
  const database = await open({ host: testHost() });
  const repl = new Repl({ database, name: '' }, { scope: '//stuff', style: PLAIN, interactive, write: text => (out += text), now: () => (now += 1.5) });
  for (const line of lines) await repl.line(line);
  await repl.end();
  return { out, repl };
}

test('shows values as the language writes them', async () => {
  const { out } = await session(["return {a: [1, 2.5], b: 'x', c: nil, d: true}, 2;"]);
  expect(out).toBe('{a: [1, 2.5], b: "x", c: nil, d: true}\n');
});

test('a query goes on until it is complete', async () => {
  const { out, repl } = await session(['x = [1,', '  2', '];', 'f = |a| {', 'a + 1;', '}; f(2);']);
  expect(out).toBe('[1, 2]\n3\n');
  expect(repl.failed).toBe(false);
});

test('a template or string may span lines', async () => {
  const { out } = await session(["'a", "b';", '`c', 'd`;']);
  expect(out).toBe('"a\\nb"\n"c\\nd"\n');
});

test('an error shows its place and the nearest name', async () => {
  const { out, repl } = await session(["'abc'.uper();"]);
  expect(out).toBe("lookup_err (-54): type `str` has no function `uper`\n1 | 'abc'.uper();\n  |      ^\ndid you mean `upper`?\n");
  expect(repl.failed).toBe(true);
});

test('.scope changes where queries run', async () => {
  const { out } = await session(['.scope', '.scope @t', 'user_info().load().name;', '.scope']);
  expect(out).toBe('//stuff\n"admin"\n@t\n');
});

test('.timing shows how long a query took', async () => {
  const { out } = await session(['.timing', '1;']);
  expect(out).toBe('timing is on\n1\n1.50 ms\n');
});

test('properties of the root are no commands', async () => {
  const { out } = await session(['.load = 5;', '.load;', '.scope.x;']);
  expect(out.split('\n')[0]).toBe('5');
  expect(out.split('\n')[1]).toBe('5');
  expect(out).toContain('thing `#1` has no property `scope`');
});

test('.load runs a file', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'thingscope-'));
  writeFileSync(join(dir, 'a.ti'), '// a comment\nx = 20;\nx * 2 + 2;\n');
  const { out } = await session([`.load ${join(dir, 'a.ti')}`, '.load /does/not/exist']);
  rmSync(dir, { recursive: true });
  expect(out).toContain('42\n');
  expect(out).toContain('ENOENT');
});

test('.help finds the nearest name', async () => {
  const { out } = await session(['.help upperr', '.help']);
  expect(out).toContain('did you mean `upper`?');
  expect(out).toContain('.timing');
});

test('.help shows the page of a function, a method, a type, a chapter', async () => {
  const page = async (topic: string): Promise<string> => (await session([`.help ${topic}`])).out;
  expect(await page('list.map')).toMatch(/^# map\n\nCalls a closure for each item/);
  expect((await page('map')).match(/^# map$/gm)!.length).toBeGreaterThan(1);
  expect(await page('list')).toContain('# list, tuple');
  expect(await page('statements')).toMatch(/^# Statements\n/);
  const { repl } = await session([]);
  expect(await repl.complete('.help stateme')).toEqual([['statements'], 'stateme']);
});

test('completes functions, methods and properties', async () => {
  const { repl } = await session([".people = ['Iris'];", ".iris = {age: 6};"]);
  expect(await repl.complete('rang')).toEqual([['range('], 'rang']);
  expect((await repl.complete('.peo'))[0]).toEqual(['people']);
  expect((await repl.complete('.people.starts'))[0]).toEqual([]);
  expect((await repl.complete('.people.pu'))[0]).toEqual(['push(']);
  expect((await repl.complete('.iris.a'))[0]).toContain('age');
  expect((await repl.complete("'x'.upp"))[0]).toEqual(['upper(']);
});
