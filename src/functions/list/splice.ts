import { typeErr } from '../../errors/query-error.ts';
import { call as callMsg } from '../../errors/messages/call.ts';
import { use } from '../../collection/in-use.ts';
import { announce, spliceList, storedIn, toItem } from '../../collection/mutate.ts';
import { List, isInt, typeName, type Value } from '../../values/value.ts';
import type { Query } from '../../evaluator/query.ts';
import { builtin, type Lazy } from '../builtin.ts';
import { insertEvaluated } from './_add.ts';

export default builtin({
  name: 'splice', on: 'list', args: ['...lazy'], atLeast: 2, change: 'collection', freeOnVariable: true, freeUnderNse: true, mutates: true,
  run: (q, self, ...args) => {
    const outer = use(q, self);
    let at: number;
    let count: number;
    try {
      at = intArgument(args, 0);
      count = intArgument(args, 1);
    } finally {
      q.inUse = outer;
    }
    const n = self.items.length;
    if (at < 0) {
      at += n;
      // What lies before the list counts as taken out.
      if (at < 0) {
        count += at;
        at = 0;
      }
    }
    at = Math.min(at, n);
    count = Math.max(0, Math.min(count, n - at));
    q.spend(n >> 8);
    return new List(args.length === 2 ? spliceList(q, self, at, count, []) : exchange(q, self, at, count, args.slice(2)));
  },
});

/** While the new items are evaluated the list ends with them; when one fails, all is as before. */
function exchange(q: Query, list: List, at: number, count: number, lazies: readonly Lazy[]): Value[] {
  const values = known(lazies, list);
  if (values !== null) {
    q.assertLength(list.items.length - count + values.length);
    return spliceList(q, list, at, count, values.map(value => q.fitItem(list, toItem(q, value))));
  }
  if (storedIn(list) !== null) return exchangeAtOnce(q, list, at, count, lazies);
  // It may become stored meanwhile: then events must tell what it holds at that moment.
  const tail = spliceList(q, list, at, list.items.length - at, []);
  let kept = tail;
  try {
    insertEvaluated(q, list, at, lazies);
    kept = tail.slice(count);
  } finally {
    spliceList(q, list, list.items.length, 0, kept);
  }
  return tail.slice(0, count);
}

/** The new items, when nothing that is evaluated for them could look at the list, nor are they the list itself; else null. */
function known(lazies: readonly Lazy[], list: List): Value[] | null {
  const values: Value[] = [];
  for (const lazy of lazies) {
    const value = lazy.known === true ? lazy() : list;
    if (value === list) return null;
    values.push(value);
  }
  return values;
}

/** A stored list only looks as if it ended there. */
function exchangeAtOnce(q: Query, list: List, at: number, count: number, lazies: readonly Lazy[]): Value[] {
  const before = list.items;
  let added: Value[];
  announce(q, list);
  const outer = use(q, list);
  try {
    list.items = before.slice(0, at);
    for (const lazy of lazies) list.items.push(q.fitItem(list, toItem(q, lazy())));
    added = list.items.slice(at);
  } finally {
    list.items = before;
    q.inUse = outer;
  }
  return spliceList(q, list, at, count, added);
}

function intArgument(args: readonly Lazy[], i: number): number {
  const value: Value = args[i]!();
  if (!isInt(value)) throw typeErr(callMsg.argType('splice', i + 1, '`int`', typeName(value)), 'data-types/list/splice');
  return Number(value);
}
