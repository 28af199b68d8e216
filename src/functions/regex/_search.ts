/** What functions that search with a regular expression share. A search must not block everybody, so it has a bound. */
import type { Query } from '../../evaluator/query.ts';
import { Budget } from '../../values/regex.ts';

export function regexBudget(q: Query): Budget {
  return new Budget(Math.min(q.limits.regexMilliseconds, Math.max(q.timeLeft(), 0)));
}

/** Groups without those at the end that took no part, as ThingsDB has them; earlier ones without part are ''. */
export function groupsTaken(groups: readonly (string | null)[]): string[] {
  let n = groups.length;
  while (n > 0 && groups[n - 1] === null) n--;
  const taken: string[] = [];
  for (let i = 0; i < n; i++) taken.push(groups[i] ?? '');
  return taken;
}
