/** A snapshot holds exactly what was there after its change, whatever happens while it is taken. */
import { readFileSync } from 'node:fs';
import { crc32 as zlibCrc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { parseCases } from '../../src/check/case.ts';
import { dumpText, wrongCounts } from '../../src/check/dump.ts';
import { runCase } from '../../src/check/local-runner.ts';
import { testHost } from '../../src/check/test-host.ts';
import { Engine, type CommittedChange } from '../../src/engine.ts';
import { StoreError } from '../../src/errors/store-error.ts';
import { QueryError } from '../../src/errors/query-error.ts';
import { crc32 } from '../../src/snapshot/crc32.ts';
import { loadSnapshot, verifySnapshot, type LoadProgress } from '../../src/snapshot/load.ts';
import { takeSnapshot, type Snapshot } from '../../src/snapshot/take.ts';
import { parseScope } from '../../src/system/scope.ts';
import { REPAIR, SETUP, random, randomQuery } from '../collection/random-queries.ts';

function engineWithChanges(): { engine: Engine; changes: CommittedChange[] } {
  const engine = new Engine({ host: testHost() });
  const changes: CommittedChange[] = [];
  engine.onChange(change => changes.push(change));
  engine.init();
  return { engine, changes };
}

function must(engine: Engine, code: string, scope = '//stuff'): void {
  engine.query({ user: engine.system.usersById.get(1)!, scope: parseScope(scope), code }, () => null);
}

/** Random queries may fail. */
function ask(engine: Engine, code: string, scope?: string): void {
  try {
    must(engine, code, scope);
  } catch (e) {
    if (!(e instanceof QueryError)) throw e;
  }
}

function rest(snapshot: Snapshot, blocks: Uint8Array[] = []): Uint8Array[] {
  for (let block = snapshot.next(); block !== null; block = snapshot.next()) blocks.push(block);
  return blocks;
}

async function* stream(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

async function loaded(pieces: readonly Uint8Array[], progress?: (so: LoadProgress) => void): Promise<Engine> {
  const engine = new Engine({ host: testHost() });
  await loadSnapshot(engine, stream(pieces), progress);
  return engine;
}

function firstDifference(want: string, got: string): string {
  if (want === got) return '';
  const [a, b] = [want.split('\n'), got.split('\n')];
  const i = a.findIndex((line, i) => line !== b[i]);
  return `\nwant ${a[i]}\ngot  ${b[i < 0 ? a.length : i]}`;
}

/** What is loaded is what was there, and goes on as that did. */
async function check(what: string, blocks: readonly Uint8Array[], then: string, later: readonly CommittedChange[], leader: Engine): Promise<void> {
  const copy = await loaded(blocks);
  expect(what + firstDifference(then, dumpText(copy))).toBe(what);
  for (const change of later) copy.apply(change);
  expect(what + firstDifference(dumpText(leader), dumpText(copy))).toBe(what);
  for (const collection of copy.system.collections) expect(wrongCounts(collection)).toEqual([]);
}

for (const area of ['time', 'types', 'admin']) {
  test(`the state after each recorded case of ${area}`, { timeout: 300_000 }, async () => {
    const cases = parseCases(readFileSync(new URL(`../conformance/${area}.jsonl`, import.meta.url), 'utf8'));
    // Time passes when it is looked at, so that cases that wait for a moment need not.
    let now = 1_767_225_600;
    for (const c of cases) {
      const engine = new Engine({ host: testHost({ now: () => (now += 0.05) }) });
      engine.init();
      await runCase(c, () => engine).catch(() => {});
      const difference = firstDifference(dumpText(engine), dumpText(await loaded(rest(takeSnapshot(engine)))));
      if (difference !== '') expect(`${c.id}\n${difference}`).toBe('');
    }
  });
}

/** Schema changes beside the queries on data. */
const SCHEMA = [
  "set_type('New', {a: 'int', b: '[str]'}); .new = New{};", "mod_type('Item', 'add', 'more', 'str', 'x');", "mod_type('Item', 'del', 'more');",
  "mod_type('Item', 'ren', 'any', 'all');", "mod_type('Item', 'ren', 'all', 'any');", "rename_type('Item', 'Thing_');", "rename_type('Thing_', 'Item');",
  "del_type('New');", ".new = {a: 1, b: ['x']}; .new.to_type('New');", '.t.a.to_type("New")', "set_enum('Color', {red: 1, blue: 2}); .color = Color{red};",
  "mod_enum('Color', 'ren', 'red', 'crimson');", "mod_enum('Color', 'def', 'blue'); mod_enum('Color', 'add', 'green', 3);", "del_enum('Color');",
  ".x = {}; .x.restrict('Item?'); .x.set('b', nil);", ".x = {}; .x.restrict('Color');", "rename_enum('Color', 'Colour');", ".k = [.items[0].wrap('Man')];",
  "new_procedure('p', |x| x);", "rename_procedure('p', 'q');", "del_procedure('q');", ".r.set_name('r'); .rr = room(); .rr.set_name('other');", ".rr.set_name('r');",
  ".task = task(datetime(), |t, x| x, [.t]);", ".task.del();", ".w = [task(datetime(), || 1)];", 'commit("x");', ".del('r');",
];

test('random programs, one step of a snapshot after another between their queries', { timeout: 300_000 }, async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const below = random(seed);
    const { engine, changes } = engineWithChanges();
    const run = (): void => {
      if (below(5) === 0) ask(engine, SCHEMA[below(SCHEMA.length)]!);
      else if (below(40) === 0) ask(engine, ["new_collection('c');", "del_collection('c');", "new_user('u');", "del_user('u');", "rename_collection('c', 'd');", "set_history('//stuff', true);"][below(6)]!, '@thingsdb');
      else {
        ask(engine, REPAIR);
        ask(engine, randomQuery(below));
      }
    };
    for (const query of SETUP) ask(engine, query);
    for (let n = below(40); n > 0; n--) run();
    const then = dumpText(engine);
    const before = changes.length;
    const snapshot = takeSnapshot(engine, { blockBytes: 16 + below(200), ...(below(2) === 0 ? {} : { longItems: below(5), longBytes: 1 + below(5) }) });
    const blocks: Uint8Array[] = [];
    for (let n = 20 + below(20); n > 0; n--) {
      run();
      for (let steps = below(4); steps > 0; steps--) {
        const block = snapshot.next();
        if (block !== null) blocks.push(block);
      }
    }
    rest(snapshot, blocks);
    await check(`seed ${seed}`, blocks, then, changes.slice(before), engine);
    for (const { watchers } of engine.system.collections) expect(watchers.size).toBe(0);
  }
});

/** Long containers of every kind, with things in them that come and go. */
const LONG = `
  .list = []; range(5000).each(|i| .list.push(i % 2 ? {i:} : i)); .set = set(); range(3000).each(|i| .set.add({i:}));
  .dict = {}; range(2000).each(|i| .dict.set('key ' + str(i), i % 3 ? i : [i])); .nested = [[range(1500), [range(700), range(700)]], 'x'];
  t = 'é'; for (x in range(17)) { t += t; }; .text = t; .in_list = [t + 'y', bytes(t)]; .dict.long = range(1200);
`;

test('long containers that change while they are written', async () => {
  const { engine, changes } = engineWithChanges();
  const below = random(7);
  must(engine, LONG);
  const then = dumpText(engine);
  const before = changes.length;
  const snapshot = takeSnapshot(engine, { blockBytes: 500 });
  const blocks: Uint8Array[] = [];
  const queries = [
    '.list.pop();', '.list.shift();', '.list.push({});', '.list[7] = nil;', '.set.remove(.set.one());', '.set.add({});', ".dict.del('key 3');", ".dict.set('key 9999', {});",
    ".dict['key 6'].push({});", '.nested.pop();', '.text = nil;', '.list = [.set.one()];', '.dict.long.pop();', '.set.clear();',
  ];
  for (let block = snapshot.next(); block !== null; block = snapshot.next()) {
    blocks.push(block);
    if (below(4) === 0) ask(engine, queries[Math.min(below(queries.length), below(queries.length))]!);
  }
  expect(changes.length).toBeGreaterThan(before + 20);
  expect(Math.max(...blocks.map(block => block.length))).toBeLessThan(265_000);
  await check('', blocks, then, changes.slice(before), engine);
});

test('two at a time, and one that is given up', async () => {
  const { engine, changes } = engineWithChanges();
  ask(engine, '.list = range(100).map(|i| {i:});');
  const [first, given] = [takeSnapshot(engine, { blockBytes: 50 }), takeSnapshot(engine)];
  const blocks = [first.next()!];
  const then = dumpText(engine);
  ask(engine, '.list.each(|t| t.i += 1);');
  const between = changes.length;
  const second = takeSnapshot(engine, { blockBytes: 50 });
  const thenSecond = dumpText(engine);
  given.end();
  expect(given.next()).toBe(null);
  ask(engine, '.list.clear();');
  expect([first.changeId, second.changeId]).toEqual([between - 1, between]);
  await check('first', rest(first, blocks), then, changes.slice(between - 1), engine);
  await check('second', rest(second), thenSecond, changes.slice(between), engine);
  expect(engine.system.collections[0]!.watchers.size).toBe(0);
});

test('pieces may be cut anywhere, and progress is told', async () => {
  const { engine } = engineWithChanges();
  ask(engine, '.list = range(500).map(|i| {i:});');
  const blocks = rest(takeSnapshot(engine, { blockBytes: 1000 }));
  const all = Buffer.concat(blocks);
  for (const size of [1, 7, 1000, all.length]) {
    const pieces = Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.subarray(i * size, (i + 1) * size));
    const told: number[] = [];
    const copy = await loaded(pieces, ({ things, of }) => told.push(things / of));
    expect(dumpText(copy)).toBe(dumpText(engine));
    expect(told.length).toBe(blocks.length - 1);
    expect([...told].sort((a, b) => a - b)).toEqual(told);
    expect(told.at(-1)).toBe(1);
  }
});

test('damage, and a missing part, are refused with the block', async () => {
  const { engine } = engineWithChanges();
  ask(engine, ".list = range(500).map(|i| {i:}); .text = 'a' * 1000;");
  const blocks = rest(takeSnapshot(engine, { blockBytes: 1000 }));
  const why = async (pieces: readonly Uint8Array[]): Promise<string> => {
    const e = await loaded(pieces).catch((e: unknown) => e as Error);
    return e instanceof StoreError ? e.message : String(e);
  };
  const below = random(3);
  for (let i = 0; i < 300; i++) {
    const copy = blocks.map(block => block.slice());
    const hit = below(blocks.length);
    const at = below(copy[hit]!.length);
    copy[hit]![at]! ^= 1 << below(8);
    // A damaged length may also make the stream end too early, or look as if the next block were missing.
    await expect(verifySnapshot(stream(copy))).rejects.toThrow(StoreError);
    expect(await why(copy)).toMatch(new RegExp(`block ${hit} of the snapshot is damaged|^the snapshot ends within block ${hit}$`));
  }
  for (let n = 0; n < blocks.length; n++) expect(await why(blocks.slice(0, n))).toBe(`the snapshot ends after ${n} blocks, before its end`);
  expect(await why([...blocks.slice(0, 2), blocks[2]!.subarray(0, 100)])).toBe('the snapshot ends within block 2');
  expect(await why([...blocks.slice(0, 2), ...blocks.slice(3)])).toBe('block 2 of the snapshot is missing: block 3 is in its place');
  expect(await why([...blocks, blocks[0]!])).toBe(`block ${blocks.length} of the snapshot comes after its end`);
});

test('no step is long, nor is a snapshot large', () => {
  const { engine } = engineWithChanges();
  ask(engine, '.list = range(100000).map(|i| {id: i, name: "name"});');
  const blocks = rest(takeSnapshot(engine));
  expect(Math.max(...blocks.map(block => block.length))).toBeLessThan(70_000);
  expect(blocks.reduce((n, block) => n + block.length, 0) / 100_000).toBeLessThan(25);
});

test.each<[string, string]>([
  ['lists and sets of a dictionary', ".d.a5.push(2); .d.a7.add({}); .d['a9'].splice(0, 1, 3, 4);"],
  ['a list that is changed after it was taken out', "l = .d.del('a5'); l.push(2); .l = l;"],
  ['a list that is changed after another took its place', 'd = .d; l = d.a5; .d.a5 = [7]; l.push(2); .d.a5.push(8);'],
  ['a list that got another name', ".d.ren('a5', 'b5'); .d.b5.push(2);"],
  ['a set that is changed after all was taken out', 's = .d.a7; .d.clear(); s.add({}); .d.a7 = [];'],
  ['a list that has more for a while', '.short.push(1, {.x = 1; 2});'],
  ['a set that has more for a while', '.s.add({a: 1}, {.x = 1; {b: 2};});'],
])('%s, while things are written', async (_, change) => {
  for (const blocksBefore of [0, 1, 4]) {
    const { engine } = engineWithChanges();
    must(engine, ".short = [0]; .s = set({}); .d = {}; .d['a b'] = 1; range(3000).each(|i| .d.set(`a{i}`, i % 7 ? [i] : set({}))); nil;");
    const before = dumpText(engine);
    const snapshot = takeSnapshot(engine, { blockBytes: 4_096 });
    const blocks: Uint8Array[] = [];
    while (blocks.length < blocksBefore) blocks.push(snapshot.next()!);
    must(engine, change);
    expect(dumpText(engine)).not.toBe(before);
    expect(firstDifference(before, dumpText(await loaded(rest(snapshot, blocks))))).toBe('');
  }
});

test('the checksum of the core is that of zlib', () => {
  const below = random(11);
  for (let length = 0; length < 100; length++) {
    const bytes = Uint8Array.from({ length }, () => below(256));
    expect(crc32(bytes)).toBe(zlibCrc32(bytes));
  }
});
