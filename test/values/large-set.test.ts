/** Large sets are as JavaScript's own, whatever comes and goes, and whatever happens to the ids. */
import { expect, test } from 'vitest';
import { seededRandom } from '../../src/check/seeded.ts';
import { LARGE_SET_MIN, LargeSet, fitSize, toArray } from '../../src/values/large-set.ts';
import { emptyShape } from '../../src/values/shape.ts';
import { Thing } from '../../src/values/value.ts';

function thing(id: number): Thing {
  const made = new Thing(emptyShape());
  made.id = id;
  return made;
}

const things = (count: number, id: (i: number) => number): Thing[] => Array.from({ length: count }, (_, i) => thing(id(i)));

/** The very same things, in the same order; `all` are those that may be there. */
function expectSame(large: LargeSet, set: ReadonlySet<Thing>, all: readonly Thing[]): void {
  expect(large.size).toBe(set.size);
  for (const have of [large.toArray(), [...large], [...large.values()]]) {
    const want = [...set];
    expect(have.length).toBe(want.length);
    expect(have.findIndex((thing, i) => thing !== want[i])).toBe(-1);
  }
  expect(all.findIndex(thing => large.has(thing) !== set.has(thing))).toBe(-1);
}

/** Adds and removes at random, so that the number left swings between none and all. */
function swing(large: LargeSet, set: Set<Thing>, all: readonly Thing[], random: () => number): void {
  let wrong = 0;
  for (const adding of [0.9, 0.2, 0.95, 0.02, 0.6]) {
    for (let i = 0; i < all.length * 2; i++) {
      const one = all[Math.floor(random() * all.length)]!;
      if (random() < adding) {
        large.add(one);
        set.add(one);
      } else if (large.delete(one) !== set.delete(one)) wrong++;
    }
    expectSame(large, set, all);
  }
  expect(wrong).toBe(0);
}

test.each<[string, (i: number) => number]>([
  ['ids one after another', i => i + 1],
  ['ids far apart', i => (i + 1) * 4096],
  ['ids with the same lowest 32 bits', i => 7 + (i % 1_000) * 2 ** 32 + Math.floor(i / 1_000)],
  ['no ids', () => 0],
  ['some with an id', i => (i % 3 === 0 ? 0 : i)],
])('%s', (_, id) => {
  const all = things(5_000, id);
  const large = new LargeSet();
  swing(large, new Set(), all, seededRandom(1));
});

test('things that lose their ids are still found, and those that come back', () => {
  const all = things(5_000, i => i + 1);
  const set = new Set(all);
  const large = new LargeSet(all);
  large.forgetIds();
  all.forEach((thing, i) => (thing.id = i % 2 === 0 ? 0 : 10_000 + i));
  expectSame(large, set, all);
  swing(large, set, all, seededRandom(2));
  all.forEach((thing, i) => (thing.id = 20_000 - i));
  large.keepIds();
  expectSame(large, set, all);
  swing(large, set, all, seededRandom(3));
});

test('one that gets its id while it is there', () => {
  const [one] = things(1, () => 0);
  const large = new LargeSet(things(100, i => i + 1));
  large.add(one!);
  one!.id = 500;
  expect([large.has(one!), large.delete(one!), large.has(one!), large.size]).toEqual([true, true, false, 100]);
});

test('positions run out', () => {
  const all = things(300, i => i + 1);
  const large = new LargeSet([], 400);
  swing(large, new Set(), all, seededRandom(4));
});

test('what changes during a walk', () => {
  const all = things(2_000, i => i + 1);
  const large = new LargeSet(all.slice(0, 1_000));
  const seen: number[] = [];
  for (const { id } of large) {
    seen.push(id);
    if (id <= 500) large.delete(all[1_000 - id]!);
    if (id % 2 === 0) large.add(all[999 + id / 2]!);
  }
  const set = new Set(all.slice(0, 1_000));
  const expected: number[] = [];
  for (const { id } of set) {
    expected.push(id);
    if (id <= 500) set.delete(all[1_000 - id]!);
    if (id % 2 === 0) set.add(all[999 + id / 2]!);
  }
  expect(seen).toEqual(expected);
});

test('a set is a large one while it has many', () => {
  const all = things(LARGE_SET_MIN, i => i + 1);
  const small = new Set(all.slice(1));
  expect(fitSize(small)).toBe(small);
  const large = fitSize(small.add(all[0]!));
  expect(large).toBeInstanceOf(LargeSet);
  expect(toArray(large)).toEqual([...all.slice(1), all[0]]);
  for (const thing of all.slice(LARGE_SET_MIN / 4)) large.delete(thing);
  expect(fitSize(large)).toBe(large);
  large.delete(all[1]!);
  expect(fitSize(large)).toEqual(new Set([...all.slice(2, LARGE_SET_MIN / 4), all[0]]));
});
