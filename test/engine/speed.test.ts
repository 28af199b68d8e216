/**
 * A guard against programs becoming several times slower unnoticed. Times are compared with a loop in plain JavaScript
 * that runs in turn with them, never with a clock of another day, and each bound is four times what was measured, or more.
 */
import { expect, test } from 'vitest';
import { testHost } from '../../src/check/test-host.ts';
import { Engine } from '../../src/engine.ts';
import { packContext } from '../../src/evaluator/contexts.ts';
import { parseScope } from '../../src/system/scope.ts';
import { Writer } from '../../src/wire/msgpack.ts';
import { pack } from '../../src/wire/result.ts';

const engine = new Engine({ host: testHost() });
engine.init();
const user = engine.system.usersById.get(1)!;
const query = (code: string): unknown => engine.query({ user, scope: parseScope('//stuff'), code }, (_q, value) => value);
query("set_type('Person', {name: 'str', age: 'int', twice: |this| this.age * 2}); .people = range(5000).map(|i| Person{name: `p{i}`, age: i % 100}); nil;");

/** Calls, an array, and some arithmetic: about a tenth of a millisecond. */
function calibration(): number {
  const items: number[] = [];
  for (let i = 0; i < 10_000; i++) items.push(i);
  return items.map(x => x * 3).reduce((a, x) => (a + x) % 1_000_003, 0);
}

/** How many times as long as the calibration it takes: the best of many runs, which nothing has interrupted. */
function cost(run: () => void): number {
  let [best, unit] = [Infinity, Infinity];
  const time = (f: () => void): number => {
    const from = performance.now();
    f();
    return performance.now() - from;
  };
  for (let i = 0; i < 60; i++) {
    unit = Math.min(unit, time(calibration));
    best = Math.min(best, time(run));
  }
  return best / unit;
}

let unseen = 0;

test.each<[name: string, bound: number, code: () => string]>([
  ['calls of a closure by itself', 1.5, () => 'fib = |n| n < 2 ? n : fib(n - 1) + fib(n - 2); fib(14);'],
  ['calls of another closure by name', 4, () => 'f = |x| x + 1; s = 0; for (x in range(3000)) s += f(x); s;'],
  ['a loop', 3, () => 's = 0; for (x in range(10000)) s += x; s;'],
  ['a loop with calls', 25, () => 's = 0; for (x in range(5000)) { s += `{x}`.len(); s += abs(x); }; s;'],
  ['closures for items', 4, () => 'range(10000).map(|x| x + 1).filter(|x| x % 2).reduce(|a, x| a + x);'],
  ['a sort by closure', 14, () => 'range(3000).sort(|a, b| b > a ? 1 : -1).len();'],
  ['a sort by a difference', 2.5, () => 'range(3000).sort(|a, b| b - a).len();'],
  ['a sort of ints', 2.5, () => 'range(10000).sort(true).len();'],
  ['properties of typed things', 4, () => '.people.filter(|p| p.age > 50).len();'],
  ['methods of typed things', 16, () => 's = 0; for (p in .people) s += p.twice(); s;'],
  ['stored things in one query', 25, () => ".bulk = range(1000).map(|i| {id: i, name: 'x'}); .del('bulk').len();"],
  ['instances of a type', 5, () => "type_all('Person').filter(|p| p.age == 42).len();"],
  ['splitting a str', 24, () => "range(3000).map(|x| `{x}`).join(',').split(',').len();"],
  ['reading a query of 400 bytes', 8, () => `x = ${unseen++}; y = [1, 2, x].map(|v| v * 3); ${"z = {name: 'item', size: {w: 10, h: x % 50}}; if (z.size.h > 7 && x != 3) { x += z.size.w; }; ".repeat(4)}z;`],
])('%s', (name, bound, code) => {
  expect(cost(() => query(code())), name).toBeLessThan(bound);
});

test('things as a result', () => {
  const out = new Writer();
  const packed = (): void => {
    out.reset();
    engine.query({ user, scope: parseScope('//stuff'), code: 'return .people, 2;' }, (q, value) => pack(value, out, packContext(q)));
  };
  expect(cost(packed)).toBeLessThan(12);
});
