import { lookupErr } from '../../errors/query-error.ts';
import { containers as msg } from '../../errors/messages/containers.ts';
import type { Value } from '../../values/value.ts';
import type { Query } from '../../evaluator/query.ts';
import { compare } from './_sort.ts';

/** The least (`sign` -1) or greatest item. Of equal ones the last stays, since the search begins with it. */
export function extreme(q: Query, items: readonly Value[], sign: 1 | -1): Value {
  if (items.length === 0) throw lookupErr(msg.extremeEmpty(sign < 0 ? 'min' : 'max'), sign < 0 ? 'data-types/list/min' : 'data-types/list/max');
  q.spend(items.length >> 4);
  const last = items.length - 1;
  let best = items[last]!;
  for (let i = 0; i < last; i++) {
    const item = items[i]!;
    if (compare(item, best) * sign > 0) best = item;
  }
  return best;
}
