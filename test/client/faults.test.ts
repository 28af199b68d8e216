/**
 * Connections that are cut at any moment, by a seed: what was acknowledged is done once, and no listener misses the last
 * word. Where requests have ids all is acknowledged.
 */
import { expect, test } from 'vitest';
import { testHost } from '../../src/check/test-host.ts';
import type { Engine } from '../../src/engine.ts';
import { ERR } from '../../src/errors/codes.ts';
import type { ThingscopeError } from '../../src/library/error.ts';
import { FakeNode, connectFake, engineWithoutIds, newEngine } from './net.ts';

const SEEDS = 50;
const WRITES = 20;

test.each([
  ['with ids', newEngine],
  ['without ids', engineWithoutIds],
])(`${SEEDS} seeds %s`, async (_name, makeEngine) => {
  let lost = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    lost += await run(seed, makeEngine()).catch((e: unknown) => {
      throw new Error(`seed ${seed}`, { cause: e });
    });
  }
  if (makeEngine === newEngine) expect(lost).toBe(0);
  else expect(lost).toBeGreaterThan(SEEDS);
});

/** How many writes it is not known of whether they were made. */
async function run(seed: number, engine: Engine): Promise<number> {
  const { random } = testHost({ seed });
  const nodes = { a: new FakeNode(engine), b: new FakeNode(engine) };
  const watcher = await connectFake({ c: new FakeNode(engine) });
  await watcher.query(".done = {}; .chat = room(); .chat.set_name('chat');");
  const db = await connectFake(nodes, { retryDelay: 1, retryDelayMax: 2, clock: { random, after: quick } });
  const room = await db.room('//stuff', 'chat').join();
  const heard: unknown[] = [];
  room.on('n', n => heard.push(n));

  const acknowledged: string[] = [];
  const unknown: string[] = [];
  for (let n = 0; n < WRITES; n++) {
    const key = `k${n}`;
    const write = db.query('//stuff', '.done.set(key, (.done.get(key) || 0) + 1)', { key }).then(() => acknowledged.push(key), (e: ThingscopeError) => {
      if (e.code !== ERR.requestCancel) throw e;
      unknown.push(key);
    });
    const read = db.query('.done.len()');
    if (random() < 0.2) [nodes.a, nodes.b][Math.floor(random() * 2)]!.cut();
    if (random() < 0.3) await new Promise(resolve => setImmediate(resolve));
    if (random() < 0.2) [nodes.a, nodes.b][Math.floor(random() * 2)]!.cut();
    await write;
    expect(await read).toBeGreaterThanOrEqual(acknowledged.length);
  }
  const done = await watcher.query<Record<string, number>>('return .done, 2');
  for (const key of acknowledged) expect(done[key], key).toBe(1);
  for (const key of unknown) expect(done[key] ?? 1, key).toBe(1);
  expect(acknowledged.length + unknown.length).toBe(WRITES);

  await db.ping();
  expect(room.joined).toBe(true);
  await watcher.query('.chat.emit("n", 1)');
  await db.ping();
  expect(heard).toEqual([1]);
  await Promise.all([db.close(), watcher.close()]);
  return unknown.length;
}

/** Short waits are one turn of the event loop; the long ones, which bound requests and pings, never end. */
function quick(ms: number, run: () => void): () => void {
  if (ms > 10) return () => {};
  const immediate = setImmediate(run);
  return () => clearImmediate(immediate);
}
