/** The interpreter core, bundled as for a browser, runs in a context that has nothing of Node. */
import { createContext, Script } from 'node:vm';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

test('a query is evaluated without Node', async () => {
  const { outputFiles } = await build({
    stdin: { contents: PROGRAM, resolveDir: root, loader: 'ts' },
    bundle: true, write: false, format: 'iife', platform: 'neutral', target: 'es2022', mainFields: ['module', 'main'],
    alias: { chevrotain: `${root}node_modules/chevrotain/lib/chevrotain.mjs` }, logLevel: 'silent',
  });
  // What every browser has besides the language itself; see src/platform.d.ts.
  const context = createContext({ TextEncoder, TextDecoder, answer: null });
  expect(new Script('typeof process + typeof require + typeof Buffer + typeof setTimeout').runInContext(context)).toBe('undefined'.repeat(4));
  new Script(outputFiles[0]!.text).runInContext(context);
  expect(JSON.parse(context['answer'] as string)).toEqual({
    value: ['Iris', 'Cato'], zone: '2024-07-15T12:00:00+0200', changes: 2, error: 'function `nope` is undefined',
  });
});

const PROGRAM = `
import { Engine, PlainNode, PlainSink, QueryError, pack, packContext, parseScope } from './src/core.ts';
let changes = 0;
const engine = new Engine({ host: {
  now: () => 1767225600, monotonic: () => 0, random: () => 0.5, later: run => void Promise.resolve().then(run), log() {}, node: new PlainNode(() => 1767225600, () => 0),
  secrets: {
    hashPassword: async text => text, checkPassword: async () => false, initialPassword: '', newKey: () => 'key', isSound: () => true, hashKey: key => key, sameHash: (a, b) => a === b,
  },
} });
engine.onChange(() => changes++);
engine.init();
const user = engine.system.usersById.get(1)!;
const query = (code: string) => engine.query({ user, scope: parseScope('//stuff'), code }, (q, value) => {
  const sink = new PlainSink();
  pack(value, sink, packContext(q));
  return sink.result;
});
const value = query(".people = [{name: 'Iris'}, {name: 'Cato'}]; .people.map(|p| p.name);");
const zone = query("datetime(2024, 7, 15, 12, 'Europe/Amsterdam');");
let error = '';
try { query('nope();'); } catch (e) { error = (e as QueryError).message; }
(globalThis as any).answer = JSON.stringify({ value, zone, changes, error });
`;
