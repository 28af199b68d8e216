/**
 * Thousands of short lives of a cluster of three under faults, each from its seed. A seed that fails is named;
 * `THINGSCOPE_SIM_SEED=17 npx vitest run test/cluster/simulation.test.ts` runs it alone, `THINGSCOPE_SIM_SEEDS=100000`
 * runs more of them.
 */
import { expect, test } from 'vitest';
import { base, simulate } from './run.ts';

const only = Number(process.env['THINGSCOPE_SIM_SEED'] ?? 0);
const first = only > 0 ? only : 1;
const count = only > 0 ? 1 : Number(process.env['THINGSCOPE_SIM_SEEDS'] ?? 2_000);

test('whatever fails, nothing acknowledged is lost, made twice, or out of order', { timeout: 3_600_000 }, async () => {
  const disk = base();
  const failed: string[] = [];
  const total = { made: 0, failovers: 0, fetched: 0 };
  for (let seed = first; seed < first + count && failed.length < 10; seed++) {
    try {
      const { made, failovers, fetched } = await simulate(seed, disk);
      total.made += made;
      total.failovers += failovers;
      total.fetched += fetched;
    } catch (e) {
      failed.push(`THINGSCOPE_SIM_SEED=${seed}: ${(e as Error).message}`);
    }
  }
  expect(failed).toEqual([]);
  if (count < 100) return;
  // The faults are there: without them nothing would be shown.
  expect(total.made).toBeGreaterThan(count * 5);
  expect(total.failovers).toBeGreaterThan(count * 1.5);
  expect(total.fetched).toBeGreaterThan(count / 20);
});
