/**
 * The guard of replication: whatever a case does, a replica that applies its changes has the same state after
 * each of them, to the last reference count; and the counts are right.
 */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCases, type Case } from '../../src/check/case.ts';
import { dumpText, wrongCounts } from '../../src/check/dump.ts';
import { runCase } from '../../src/check/local-runner.ts';
import { testHost } from '../../src/check/test-host.ts';
import { Engine } from '../../src/engine.ts';
import { QueryError } from '../../src/errors/query-error.ts';
import { REPAIR, SETUP, random, randomQuery } from './random-queries.ts';

/** An engine whose changes are applied to a second one the moment they are made. */
function replicated(differences: string[]): { open: () => Engine; check: (when: string) => void } {
  // Time passes when it is looked at, so that cases that wait for a moment need not.
  let now = 1_767_225_600;
  const leader = new Engine({ host: testHost({ now: () => (now += 0.05) }) });
  const replica = new Engine({ host: testHost({ seed: 2, now: () => 5 }) });
  const check = (when: string): void => {
    const [want, got] = [dumpText(leader), dumpText(replica)];
    if (want !== got) differences.push(`${when}: ${firstDifference(want, got)}`);
    for (const collection of leader.system.collections) differences.push(...wrongCounts(collection).map(wrong => `${when}: ${wrong}`));
  };
  leader.onChange(change => {
    // One difference makes many: the first is enough.
    if (differences.length > 0) return;
    replica.apply(change);
    check(`after change ${change.id} (${leader.describe(change).map(event => event.kind).join(', ')})`);
  });
  leader.init();
  return { open: () => leader, check };
}

function firstDifference(want: string, got: string): string {
  const [a, b] = [want.split('\n'), got.split('\n')];
  const i = a.findIndex((line, i) => line !== b[i]);
  return `\n  leader  ${a[i]}\n  replica ${b[i < 0 ? a.length : i]}`;
}

async function differencesOf(c: Case): Promise<string[]> {
  const differences: string[] = [];
  const { open, check } = replicated(differences);
  try {
    await runCase(c, open);
  } catch (e) {
    differences.push(`crash: ${String((e as Error).stack ?? e).split('\n').slice(0, 4).join(' | ')}`);
  }
  // Queries that make no change must have changed nothing.
  if (differences.length === 0) check('at the end');
  return differences.slice(0, 1).map(difference => `${c.id} ${difference}`);
}

for (const area of ['syntax', 'scalars', 'containers', 'time', 'types', 'admin']) {
  test(`replicas of ${area}`, { timeout: 300_000 }, async () => {
    const cases = parseCases(readFileSync(new URL(`../conformance/${area}.jsonl`, import.meta.url), 'utf8'));
    const differences: string[] = [];
    for (const c of cases) differences.push(...await differencesOf(c));
    expect(differences).toEqual([]);
  });
}

/** A failure is shrunk to the fewest queries that show it. */
test('replicas of random queries', { timeout: 300_000 }, () => {
  fc.assert(fc.property(fc.array(fc.nat(), { minLength: 20, maxLength: 40 }), seeds => {
    const differences: string[] = [];
    const engine = replicated(differences).open();
    const user = engine.system.usersById.get(1)!;
    const run = (code: string): boolean => {
      try {
        engine.query({ user, scope: { kind: 'collection', name: 'stuff' }, code }, () => null);
        return true;
      } catch (e) {
        if (e instanceof QueryError) return false;
        throw e;
      }
    };
    for (const query of SETUP) expect(run(query)).toBe(true);
    seeds.forEach((seed, i) => {
      if (i % 2 === 0) run(REPAIR);
      const query = randomQuery(random(seed));
      run(query);
      expect(differences, query).toEqual([]);
    });
  }), { seed: 20_260_101, numRuns: 60 });
});
