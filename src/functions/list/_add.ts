import { use } from '../../collection/in-use.ts';
import { announce, spliceList, storedIn, toItem } from '../../collection/mutate.ts';
import type { List, Value } from '../../values/value.ts';
import type { Query } from '../../evaluator/query.ts';
import type { Lazy } from '../builtin.ts';

/**
 * Evaluates items and puts them into a list at `at`, one by one, so that each sees those before it in the list:
 * ThingsDB's `a.push(a.len(), a.len())` adds two different numbers. The list is locked meanwhile; when an item
 * fails, all are taken out again.
 */
export function insertEvaluated(q: Query, list: List, at: number, lazies: readonly Lazy[]): void {
  q.assertLength(list.items.length + lazies.length);
  if (lazies.length === 1 || storedIn(list) === null) insertOneByOne(q, list, at, lazies);
  else insertAtOnce(q, list, at, lazies);
}

/**
 * A list that is not stored may become so while an item is evaluated, and what is stored then must be told by
 * events: so each item is put in for good.
 */
function insertOneByOne(q: Query, list: List, at: number, lazies: readonly Lazy[]): void {
  let done = 0;
  const outer = use(q, list);
  try {
    for (const lazy of lazies) {
      const value = q.fitItem(list, toItem(q, lazy()));
      spliceList(q, list, at + done, 0, [value]);
      done++;
    }
  } finally {
    q.inUse = outer;
    if (done < lazies.length && done > 0) spliceList(q, list, at, done, []);
  }
}

/** On a stored list all are one event; until then the list only looks as if it had them. */
function insertAtOnce(q: Query, list: List, at: number, lazies: readonly Lazy[]): void {
  const { items } = list;
  const added: Value[] = [];
  announce(q, list);
  const outer = use(q, list);
  try {
    for (const lazy of lazies) {
      const value = q.fitItem(list, toItem(q, lazy()));
      items.splice(at + added.length, 0, value);
      added.push(value);
    }
  } finally {
    q.inUse = outer;
    items.splice(at, added.length);
  }
  spliceList(q, list, at, 0, added);
}

/** Items of another list, as items of this one. */
export function itemsFor(q: Query, list: List, items: readonly Value[]): Value[] {
  q.spend(items.length >> 4);
  return items.map(item => q.fitItem(list, toItem(q, item)));
}
