/** Things in portions are the same things, in the same order. */
import { expect, test } from 'vitest';
import { LargeSet } from '../../src/values/large-set.ts';
import { Loan } from '../../src/values/loan.ts';
import { portions } from '../../src/values/portions.ts';
import { emptyShape } from '../../src/values/shape.ts';
import { Thing } from '../../src/values/value.ts';

const things = Array.from({ length: 5_000 }, (_, i) => {
  const thing = new Thing(emptyShape());
  thing.id = i + 1;
  return thing;
});
const ids = (all: readonly Thing[]): string => all.map(({ id }) => id).join();

test.each([0, 1, 15, 16, 17, 48, 255, 256, 257, 2_000, 5_000])('%i things', count => {
  const all = things.slice(0, count);
  const large = new LargeSet(all);
  for (const some of [all, new Set(all), large, new Loan(new Set(all)), new Loan(large)]) {
    const parts = [...portions(some)];
    expect(ids(parts.flat())).toBe(ids(all));
    if (!Array.isArray(some)) expect(parts.every(part => part.length > 0 && part.length <= 1_024)).toBe(true);
  }
  for (const thing of all) if (thing.id % 3 === 0) large.delete(thing);
  expect(ids([...portions(large)].flat())).toBe(ids(all.filter(({ id }) => id % 3 !== 0)));
});

test('what is lent stays as it was for those who go through it', () => {
  for (const before of [new Set(things), new LargeSet(things)]) {
    const loan = new Loan(before);
    loan.readers++;
    const seen: Thing[] = [];
    for (const thing of loan) {
      seen.push(thing);
      if (seen.length === 2_500) {
        loan.end();
        for (const gone of things.slice(1_000, 4_000)) before.delete(gone);
      }
    }
    expect(ids(seen)).toBe(ids(things));
    expect(before.size).toBe(2_000);
  }
});
