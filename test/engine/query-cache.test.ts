/** Parsed queries are kept within bounds, and not longer than they are of use. */
import { expect, test } from 'vitest';
import type { FunctionCode } from '../../src/evaluator/code.ts';
import { QueryCache, type QueryCacheLimits } from '../../src/evaluator/query-cache.ts';
import { setup } from './setup.ts';

const CODE = {} as FunctionCode;

function cache(limits: Partial<QueryCacheLimits>): { cache: QueryCache; wasted: () => number } {
  let wasted = 0;
  const made = new QueryCache({ cachedQueries: 3, cachedQueryChars: 1_000, cachedQueryMin: 0, cachedQueryMilliseconds: 1_000, ...limits }, () => void wasted++);
  return { cache: made, wasted: () => wasted };
}

/** A text is kept the second time. */
function keep(cache: QueryCache, ...texts: string[]): void {
  for (const text of [...texts, ...texts]) cache.add(text, CODE);
}

test('what comes once is not kept', () => {
  const { cache: kept } = cache({});
  for (const text of ['a', 'b', 'c', 'd']) kept.add(text, CODE);
  expect([kept.size, kept.get('d')]).toEqual([0, null]);
  kept.add('d', CODE);
  kept.add('a', CODE); // three others came since
  expect([kept.size, kept.get('d'), kept.get('a')]).toEqual([1, CODE, null]);
});

test('the longest unused goes first', () => {
  const { cache: kept, wasted } = cache({});
  keep(kept, 'a', 'b', 'c');
  expect(kept.get('a')).toBe(CODE);
  keep(kept, 'd');
  expect(['a', 'b', 'c', 'd'].map(text => kept.get(text) !== null)).toEqual([true, false, true, true]);
  expect([kept.size, wasted()]).toEqual([3, 1]);
});

test('long texts take the place of many', () => {
  const { cache: kept } = cache({ cachedQueryChars: 10 });
  for (const text of ['aaaa', 'bbbb', 'cccc']) keep(kept, text);
  expect([kept.size, kept.get('aaaa')]).toEqual([2, null]);
  keep(kept, 'x'.repeat(11));
  expect(kept.size).toBe(2);
});

test('what nobody asks for goes after a time, what is used stays', () => {
  const { cache: kept, wasted } = cache({});
  kept.expire(5_000);
  keep(kept, 'used', 'unused');
  kept.expire(5_900);
  kept.get('used');
  kept.expire(6_001);
  expect([kept.get('used'), kept.get('unused'), wasted()]).toEqual([CODE, null, 1]);
});

test('short texts are not kept, nor any when there is no cache', () => {
  const { cache: kept } = cache({ cachedQueryMin: 3 });
  keep(kept, 'ab', 'abc');
  expect([kept.get('ab'), kept.get('abc')]).toEqual([null, CODE]);
  const { cache: none, wasted } = cache({ cachedQueries: 0 });
  keep(none, 'abc');
  expect([none.size, wasted()]).toEqual([0, 0]);
});

test('the engine tells what it keeps', async () => {
  const s = setup({ cachedQueryMin: 3, cachedQueryMilliseconds: 1_000 });
  let now = 0;
  Object.assign(s.engine.host, { monotonic: () => now });
  const info = (): unknown => s.query('i = node_info().load(); [i.cached_queries, i.threshold_query_cache, i.cache_expiration_time, counters().load().wasted_cache];', '@n');
  for (const code of ['1;', '1;', '1+1;', '1+1;', '1+1;', '2+2;', '2+2;']) s.query(code);
  expect(info()).toEqual([2, 3, 1, 0]);
  now = 1_001;
  await s.pass(1);
  expect(info()).toEqual([1, 3, 1, 1]);
});
