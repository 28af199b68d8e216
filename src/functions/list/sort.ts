import { QueryError, numArgumentsErr, operationErr, typeErr } from '../../errors/query-error.ts';
import { call as callMsg } from '../../errors/messages/call.ts';
import { containers as msg } from '../../errors/messages/containers.ts';
import { List, Closure, isInt, typeName, type Value } from '../../values/value.ts';
import type { Callback } from '../../evaluator/callback.ts';
import type { Query } from '../../evaluator/query.ts';
import { builtin, type Lazy } from '../builtin.ts';
import { allInts, sortBy, sortByKeys, sortValues } from './_sort.ts';

const DOCS = 'data-types/list/sort';

/**
 * A sorted copy. A closure gives the key of an item, or compares two. The list is not locked meanwhile, since the
 * copy is what is sorted; but sorting within the closure of a sort is refused, as ThingsDB does.
 */
export default builtin({
  name: 'sort', on: 'list|tuple', args: ['lazy?', 'lazy?'], change: 'never',
  run: (q, self, first, second) => {
    if (q.sorting) throw operationErr(msg.sortRecursive(), DOCS);
    const { items } = self;
    // With nothing to sort the arguments are not even evaluated.
    if (items.length < 2) return new List(items.slice());
    if (first === undefined) return new List(sortValues(q, items, false));
    const by = first();
    if (typeof by === 'boolean' && second === undefined) return new List(sortValues(q, items, by));
    if (!(by instanceof Closure)) throw typeErr(callMsg.argType('sort', 1, '`closure`', typeName(by)), DOCS);
    return new List(sortWith(q, items.slice(), by, second));
  },
});

function sortWith(q: Query, items: Value[], closure: Closure, order: Lazy | undefined): Value[] {
  const parameters = q.codeOf(closure).params.length;
  if (parameters !== 1 && parameters !== 2) throw numArgumentsErr(msg.sortParameters(), DOCS);
  if (parameters === 2 && order !== undefined) throw numArgumentsErr(msg.sortOrder(), DOCS);
  const reverse = order === undefined ? false : order();
  if (typeof reverse !== 'boolean') throw typeErr(callMsg.argType('sort', 2, '`bool`', typeName(reverse)), DOCS);
  const each = q.callback(closure);
  q.sorting = true;
  try {
    if (parameters === 1) return sortByKeys(q, items, keysOf(items, each), reverse);
    const difference = q.differenceOf(closure);
    const sorted = difference === null ? null : sortByInts(q, items, each.with(difference.key), difference.reverse);
    return sorted ?? sortBy(items, (a, b) => {
      const c = each.call2(a, b);
      if (!isInt(c)) throw typeErr(msg.sortReturn(typeName(c)), DOCS);
      return Number(c);
    });
  } finally {
    q.sorting = false;
    each.end();
  }
}

function keysOf(items: readonly Value[], each: Callback): Value[] {
  const keys = items.slice();
  each.values(items, keys);
  return keys;
}

/** Sorts by keys that are small ints; null where one is not, so that the comparison says what that means. */
function sortByInts(q: Query, items: readonly Value[], key: Callback, reverse: boolean): Value[] | null {
  let keys: Value[];
  try {
    keys = keysOf(items, key);
  } catch (e) {
    if (e instanceof QueryError && !q.spent()) return null;
    throw e;
  }
  if (!allInts(keys)) return null;
  return keys.every((of, i) => of === items[i]) ? sortValues(q, keys, reverse) : sortByKeys(q, items, keys, reverse);
}
