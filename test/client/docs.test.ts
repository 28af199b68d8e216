/** The JavaScript in the guides runs, and prints what the pages show. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findExamples } from '../../src/check/examples.ts';
import type { RemoteDatabase } from '../../src/library/remote.ts';
import { inspect } from 'node:util';
import { FakeNode, connectFake, newEngine } from './net.ts';

const AsyncFunction = (async () => {}).constructor as new (...parts: string[]) => (...args: unknown[]) => Promise<void>;

test.each(['typescript', 'rooms'])('guides/%s.md', async name => {
  const file = new URL(`../../docs/guides/${name}.md`, import.meta.url);
  const page = readFileSync(file, 'utf8');
  const blocks = [...page.matchAll(/^```js\n(.*?)^```\n\n```text\n(.*?)^```/gms)];
  expect(blocks.length).toBe([...page.matchAll(/^```js$/gm)].length);
  expect(blocks.length).toBeGreaterThan(0);
  for (const [, code, shown] of blocks) {
    const node = new FakeNode(newEngine());
    const opened: RemoteDatabase[] = [];
    const connect = async (): Promise<RemoteDatabase> => {
      const db = await connectFake({ a: node });
      opened.push(db);
      return db;
    };
    const setUp = await connect();
    for (const example of findExamples('', page).filter(({ tag }) => name === 'rooms' && tag === 'should_pass')) await setUp.query(example.code);
    let printed = '';
    const console = { log: (...values: unknown[]) => (printed += `${values.map(value => (typeof value === 'string' ? value : inspect(value))).join(' ')}\n`) };
    await new AsyncFunction('connect', 'console', code!.replace(/^import .*$/gm, ''))(connect, console);
    await setUp.ping();
    await new Promise(resolve => setImmediate(resolve));
    expect(printed).toBe(shown);
    for (const db of opened) await db.close();
  }
});
