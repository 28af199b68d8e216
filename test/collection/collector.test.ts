/** Rings are collected, on all nodes alike, and nothing that is reachable ever is. */
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { dumpText, wrongCounts } from '../../src/check/dump.ts';
import type { Collection } from '../../src/collection/collection.ts';
import { QueryError } from '../../src/errors/query-error.ts';
import { List, Thing, ThingSet, Wrap } from '../../src/values/value.ts';
import { startTicking } from '../../src/node/ticker.ts';
import { setup, type Setup } from '../engine/setup.ts';

const stuffOf = ({ engine }: Setup): Collection => engine.system.collectionsByName.get('stuff')!;

/** Ids of all that is reachable, by a walk of its own. */
function reachable(collection: Collection): Set<number> {
  const found = new Set<Thing>([collection.root]);
  const meet = (value: unknown): void => {
    if (value instanceof Thing) found.add(value);
    else if (value instanceof List) value.items.forEach(meet);
    else if (value instanceof ThingSet) value.things.forEach(meet);
    else if (value instanceof Wrap) found.add(value.thing);
  };
  for (const task of collection.tasks) task.args.forEach(meet);
  for (const found of collection.enums.values()) for (const member of found.members) meet(member.value);
  for (const thing of found) thing.toValues().forEach(meet);
  return new Set([...found].map(thing => thing.id));
}

/** Everything reachable is stored, counts are right, and the replica is the same. */
function check(s: Setup): void {
  const stuff = stuffOf(s);
  for (const id of reachable(stuff)) expect(stuff.things.has(id)).toBe(true);
  expect(wrongCounts(stuff)).toEqual([]);
  expect(dumpText(s.replica)).toBe(dumpText(s.engine));
}

/** Runs whole rounds, as after very much has changed; gives how many things they dropped. */
function collect(s: Setup, values?: number): number {
  const { collector, things } = stuffOf(s);
  const before = things.size;
  collector.detached = 1e9;
  while (s.engine.collect(values)) { /* on */ }
  check(s);
  expect([...things.values()].map(thing => thing.id).sort()).toEqual([...reachable(stuffOf(s))].sort());
  return before - things.size;
}

const rings: Record<string, [make: string, part: string, dropped: number]> = {
  'a thing that refers to itself': ['.a = {}; .a.me = .a;', '.del("a");', 1],
  'three in a ring': ['.a = {b: {c: {}}}; .a.b.c.a = .a;', '.del("a");', 3],
  'a ring through lists': ['.a = {l: [{}]}; .a.l[0].l = [1, 2, [.a]];', '.del("a");', 2],
  'a ring through sets': ['.a = {s: set()}; .a.s.add({s: set()}); .a.s.one().s.add(.a);', '.del("a");', 2],
  'a ring through a dictionary': ['.a = {}; .a["x y"] = {}; .a["x y"]["1 2"] = .a;', '.del("a");', 2],
  'a ring through a wrap': ['set_type("W", {}); .a = {}; .a.w = .a.wrap("W");', '.del("a");', 1],
  'a ring through a large list': ['.a = {l: []}; range(1000).each(|i| .a.l.push({up: .a, i:}));', '.del("a");', 1001],
  'a ring through a large set': ['.a = {s: set()}; range(1000).each(|i| .a.s.add({up: .a, i:}));', '.del("a");', 1001],
  'a ring through a relation': [
    'new_type("B"); set_type("A", {b: "B?"}); set_type("B", {as: "{A}"}); mod_type("A", "rel", "b", "as"); .b = B{}; .b.as.add(A{}, A{}, A{});', '.del("b");', 4],
  'what a ring refers to': ['.a = {}; .a.me = .a; .a.list = [{}, {}]; .keep = {}; .a.keep = .keep; .a.room = room();', '.del("a");', 3],
};

for (const [name, [make, part, dropped]] of Object.entries(rings)) {
  test(`${name} is collected`, () => {
    const s = setup();
    s.query(make);
    const { things, rooms } = stuffOf(s);
    expect(collect(s)).toBe(0);
    s.query(part);
    expect(things.size).toBeGreaterThan(dropped);
    expect(collect(s, 7)).toBe(dropped);
    expect(s.engine.host.node.counters.garbageCollected).toBe(dropped);
    expect(rooms.size).toBe(0);
    expect(s.query('counters().load().garbage_collected;', '/n')).toBe(dropped);
  });
}

const RING = 'a = {name: "a"}; .a = a; a.me = a;';

test('a ring is kept by the argument of a task', async () => {
  const s = setup();
  s.query(`${RING} task(datetime(), |_, a| a.name, [a]); .del("a");`);
  expect(collect(s, 3)).toBe(0);
  await s.pass(10);
  expect(collect(s, 3)).toBe(1);
});

test('a ring is kept by a member of an enumerator', () => {
  const s = setup();
  s.query(`${RING} set_enum("E", {X: a, Y: {}}); .del("a");`);
  expect(collect(s, 3)).toBe(0);
  s.query('mod_enum("E", "mod", "X", {});');
  expect(collect(s, 3)).toBe(1);
});

test('a ring that is stored anew by its id is kept', () => {
  const s = setup();
  const id = s.query(`${RING} .del("a"); a.id();`) as number;
  stuffOf(s).collector.detached = 1e9;
  s.engine.collect(1);
  s.query(`.b = thing(${id});`);
  expect(collect(s)).toBe(0);
  expect(s.query('.b.me.name;')).toBe('a');
});

test('a round begins when enough references were taken away, or after a rest, and never else', () => {
  const s = setup();
  let now = 0;
  Object.assign(s.engine.host, { monotonic: () => now });
  s.query(`${RING} range(2000).each(|| .x = {});`);
  expect(s.engine.collect()).toBe(false);
  s.query('.del("a");');
  expect(s.engine.collect()).toBe(false);
  // Small collections rest for a short time only.
  now += 2_499;
  expect(s.engine.collect()).toBe(false);
  now += 1;
  expect(s.engine.collect()).toBe(true);
  expect(s.engine.host.node.counters.garbageCollected).toBe(1);
  expect(s.replica.host.node.counters.garbageCollected).toBe(1);
  expect(s.engine.collect()).toBe(false);
  now += 16 * 60_000;
  expect(s.engine.collect()).toBe(false);
  s.query(`${RING} b = .a; range(1001).each(|| { .b = b; .b = nil; }); .del("a");`);
  expect(s.engine.collect()).toBe(true);
  expect(s.engine.collect()).toBe(false);
  expect(s.engine.host.node.counters.garbageCollected).toBe(2);
});

test('a node collects a little at a time, until it is through', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] });
  try {
    const s = setup();
    // Each look at the clock takes two milliseconds: a turn is one step or two.
    let now = 0;
    Object.assign(s.engine.host, { monotonic: () => (now += 2) });
    s.query(`${RING} .list = range(20000).map(|i| {i:}); .del("a");`);
    const { collector } = stuffOf(s);
    const { counters } = s.engine.host.node;
    const stop = startTicking(() => s.engine);
    vi.advanceTimersByTime(10_000);
    expect(counters.garbageCollected).toBe(0);
    collector.detached = 1e9;
    vi.advanceTimersByTime(1_000);
    expect(counters.garbageCollected).toBe(0);
    expect(collector.due(now)).toBe(true);
    vi.advanceTimersByTime(5_000);
    expect(counters.garbageCollected).toBe(1);
    expect(collector.due(now)).toBe(false);
    expect(vi.getTimerCount()).toBe(1);
    stop();
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

/** Queries that tie things together and tear them apart; places are of all things, garbage among them. */
const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const place = fc.nat(1_000);
type Write = (at: (place: number) => string) => string;
const write = (text: (p: string, q: string, n: string) => string, weight = 1): fc.WeightedArbitrary<Write> =>
  ({ weight, arbitrary: fc.tuple(place, place, name).map(([p, q, n]) => at => text(at(p), at(q), n)) });
const random = fc.oneof(
  write((p, q, n) => `${p}.${n} = ${q};`, 3),
  write((p, _, n) => `${p}.${n} = T{};`, 2),
  write((p, q, n) => `${p}.${n} = {x: ${q}, y: [${q}.wrap("T")], room: room()};`),
  write((p, _, n) => `${p}.${n} = nil;`, 2),
  write((p, _, n) => `.${n} = ${p};`),
  write((_p, _q, n) => `.${n} = T{};`, 2),
  write((_p, _q, n) => `.del("${n}");`),
  write((p, q) => `${p}.list.push(${q}, [${q}], T{up: ${p}});`),
  write((p, _, n) => `${p}.list.splice(${n === 'a' ? 0 : 1}, 1);`),
  write(p => `${p}.list = [];`),
  write((p, q) => `${p}.set.add(${q}, T{b: ${q}});`),
  write((p, q) => `${p}.set.remove(${q});`),
  write(p => `${p}.set.clear();`),
  write((p, q) => `${p}.up = ${q};`, 2),
  write((p, q) => `${p}.below.add(${q}, T{a: ${p}});`),
  write((p, q, n) => `a = ${p}; b = ${q}; .del("${n}"); .${n} = T{a:, b:};`),
  write((p, q) => `task(datetime().move("days", 1), |_, p| nil, [${p}]); mod_enum("E", "mod", "X", ${q});`),
  write(() => 'if (tasks(), tasks()[0].del());', 2),
  // Cuts off most of what there is.
  write(p => `.a = T{}; .b = T{}; .c = T{}; .d = T{}; .e = ${p}; mod_enum("E", "mod", "X", {});`, 4),
);

test('random graphs, with queries between the steps', { timeout: 120_000 }, () => {
  let [collected, drops, failed, ran] = [0, 0, 0, 0];
  fc.assert(fc.property(fc.array(fc.tuple(random, fc.nat(8)), { minLength: 50, maxLength: 120, size: 'max' }), steps => {
    const s = setup();
    const { counters } = s.engine.host.node;
    s.query(`new_type("T"); set_type("T", {up: "T?", below: "{T}", list: "[]", set: "{}", a: "any", b: "any", c: "any", d: "any", e: "any"});
      mod_type("T", "rel", "up", "below"); set_enum("E", {X: {}, Y: {}});
      .a = T{}; .b = T{}; .c = T{}; .d = T{}; .e = T{}; .a.b = .b; .b.a = .a; .c.c = .c;`);
    const stuff = stuffOf(s);
    const at = (place: number): string => {
      const ids = [...stuff.things.values()].filter(thing => thing.type !== null).map(thing => thing.id);
      return `thing(${ids[place % ids.length] ?? 1})`;
    };
    for (const [write, values] of steps) {
      ran++;
      try {
        s.query(write(at));
      } catch (e) {
        expect(e).toBeInstanceOf(QueryError);
        failed++;
      }
      stuff.collector.detached = 1e9;
      const before = reachable(stuff);
      const collected = counters.garbageCollected;
      if (values > 0) s.engine.collect(values * 10);
      if (counters.garbageCollected > collected) drops++;
      expect(reachable(stuff)).toEqual(before);
      check(s);
    }
    collect(s, 10);
    collected += counters.garbageCollected;
  }), { seed: 7, numRuns: 100 });
  expect(collected).toBeGreaterThan(300);
  expect(drops).toBeGreaterThan(100);
  expect(failed / ran).toBeLessThan(0.2);
});

test('a ring of 100,000 things takes small steps', { timeout: 60_000 }, () => {
  const s = setup();
  s.query('all = range(100000).map(|i| {i:}); all.each(|t, i| t.next = all[(i + 1) % 100000]); .first = all[0];');
  const stuff = stuffOf(s);
  const steps = (): number => {
    stuff.collector.detached = 1e9;
    let count = 1;
    while (s.engine.collect()) count++;
    return count;
  };
  for (const [part, dropped] of [['nil;', 0], ['.del("first");', 100_000]] as const) {
    s.query(part);
    expect(steps()).toBeGreaterThan(100);
    expect(s.engine.host.node.counters.garbageCollected).toBe(dropped);
  }
  expect(stuff.things.size).toBe(1);
});
