import { toItem } from '../../collection/mutate.ts';
import type { List, Value } from '../../values/value.ts';
import type { Query } from '../../evaluator/query.ts';
import type { Lazy } from '../builtin.ts';

/**
 * Evaluates items that a list is to get at `at`, one by one, each seeing those before it in the list, from which
 * the rest is hidden if `cut`: so ThingsDB's `a.push(a.len(), a.len())` adds two different numbers. The list is
 * locked meanwhile, and afterwards as it was; what was evaluated is the result.
 */
export function evaluateInto(q: Query, list: List, at: number, cut: boolean, lazies: readonly Lazy[]): Value[] {
  const before = list.items;
  const added: Value[] = [];
  list.locks++;
  try {
    for (const lazy of lazies) {
      // The first of items that hide nothing sees the list as it is.
      if (cut || added.length > 0) list.items = [...before.slice(0, at), ...added, ...(cut ? [] : before.slice(at))];
      added.push(q.fitItem(list, toItem(q, lazy())));
    }
  } finally {
    list.items = before;
    list.locks--;
  }
  return added;
}

/** Items of another list, as items of this one. */
export function itemsFor(q: Query, list: List, items: readonly Value[]): Value[] {
  q.spend(items.length >> 4);
  return items.map(item => q.fitItem(list, toItem(q, item)));
}
