/** Sorting by the keys whose difference a closure gives is the same as comparing pairs by that closure. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testHost } from '../../src/check/test-host.ts';
import { Engine } from '../../src/engine.ts';
import { QueryError } from '../../src/errors/query-error.ts';
import { parseScope } from '../../src/system/scope.ts';
import type { List } from '../../src/values/value.ts';

function open(steps = 1_000_000): (code: string) => unknown {
  const engine = new Engine({ host: testHost(), limits: { steps } });
  engine.init();
  const user = engine.system.usersById.get(1)!;
  return code => {
    try {
      return engine.query({ user, scope: parseScope('//stuff'), code }, (_q, value) => value);
    } catch (e) {
      if (!(e instanceof QueryError)) throw e;
      return `${e.name}: ${e.message} at ${e.pos}`;
    }
  };
}

/** Ends of what a small int, an int, and a float are; and what has no difference. */
const item = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -5, max: 5 }).map(String) },
  fc.constantFrom('9007199254740991', '-9007199254740991', '9007199254740993', 'INT_MIN', 'INT_MAX', '1.5', 'true', "'x'", 'nil'),
);
const key = fc.constantFrom('?', '?.n', '-?', '? % 3', '? * 2 + 1', '(? > 2 ? ? : 0)', '7', '?.n.n', '(? || 1)', '!?', '? * 4611686018427387904');

test('a difference of keys sorts as its comparisons do', () => {
  const query = open();
  fc.assert(fc.property(fc.array(item, { maxLength: 12 }), fc.boolean(), fc.boolean(), key, fc.boolean(), (items, mixed, things, of, reverse) => {
    const values = items.map((value, i) => (things && !(mixed && i % 4 === 3) ? `{n: ${value}, at: ${i}}` : mixed || /^-?\d+$/.test(value) ? value : '0'));
    const [first, second] = (reverse ? ['b', 'a'] : ['a', 'b']).map(name => of.replaceAll('?', name));
    const sort = (rest: string): unknown => query(`json_dump([${values.join(', ')}].sort(|a, b| ${first!} - ${second!}${rest}), {deep: 3});`);
    expect(sort('')).toEqual(sort(' + 0'));
  }), { seed: 20_260_102, numRuns: 400 });
});

test.each([
  ['|a, b| a - a', '[3,1,2]'],
  ['|a, b| b - b', '[3,1,2]'],
  ['|a, b| a - b * 1', '[1,2,3]'],
  ['|a, b| a * 2 - b * 3', '[1,3,2]'],
  ['|a, b| a - n', '[2,1,3]'],
  ['|a, b| a % 2 - b % 2', '[2,3,1]'],
])('%s', (closure, want) => {
  expect(open()(`n = 0; json_dump([3, 1, 2].sort(${closure}));`)).toBe(want);
});

test('keys are counted as steps', () => {
  expect(open(10_000)('for (i in range(20)) range(5000).sort(|a, b| b - a);')).toMatch(/^operation_err: .*steps/i);
});

test('sorting within a key is refused as within a comparison', () => {
  expect(open()("set_type('T', {}); [2, 1].sort(|a, b| [a].sort().len() - [b].sort().len());")).toEqual(open()("set_type('T', {}); [2, 1].sort(|a, b| [a].sort().len() - [b].sort().len() + 0);"));
});

test('ints are sorted, whether or not they are in order already', () => {
  const query = open();
  const ints = fc.array(fc.oneof(fc.integer({ min: -9, max: 9 }), fc.maxSafeInteger()), { maxLength: 12 });
  fc.assert(fc.property(ints, fc.constantFrom('no', 'up', 'down'), (list, order) => {
    const up = list.slice().sort((a, b) => a - b);
    const items = order === 'no' ? list : order === 'up' ? up : up.slice().reverse();
    const of = (code: string): unknown => (query(`l = [${items.join(', ')}]; r = ${code}; [r, l];`) as List).items.map(part => (part as List).items);
    expect(of('l.sort()')).toEqual([up, items]);
    for (const code of ['l.sort(true)', 'l.sort(|a, b| b - a)', 'l.sort(|a| a, true)']) expect(of(code)).toEqual([up.slice().reverse(), items]);
    const floats = (code: string): unknown => (query(`${code}.map(|x| int(x * 2.0));`) as List).items;
    const halves = `[${items.map(i => `${i % 1_000} / 2.0`).join(', ')}]`;
    const want = items.map(i => i % 1_000).sort((a, b) => a - b).map(i => i + 0);
    expect(floats(`${halves}.sort()`)).toEqual(want);
    expect(floats(`${halves}.sort(true)`)).toEqual(want.slice().reverse());
  }), { seed: 5, numRuns: 300 });
});
