import { typeErr } from '../../errors/query-error.ts';
import { call as callMsg } from '../../errors/messages/call.ts';
import { spliceList } from '../../collection/mutate.ts';
import { List, isInt, typeName, type Value } from '../../values/value.ts';
import { builtin, type Lazy } from '../builtin.ts';
import { evaluateInto } from './_add.ts';

export default builtin({
  name: 'splice', on: 'list', args: ['...lazy'], atLeast: 2, change: 'collection', freeOnVariable: true, freeUnderNse: true, mutates: true,
  run: (q, self, ...args) => {
    self.locks++;
    let at: number;
    let count: number;
    try {
      at = intArgument(args, 0);
      count = intArgument(args, 1);
    } finally {
      self.locks--;
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
    const added = args.length > 2 ? evaluateInto(q, self, at, true, args.slice(2)) : [];
    q.assertLength(n - count + added.length);
    q.spend(n >> 8);
    return new List(spliceList(q, self, at, count, added));
  },
});

function intArgument(args: readonly Lazy[], i: number): number {
  const value: Value = args[i]!();
  if (!isInt(value)) throw typeErr(callMsg.argType('splice', i + 1, '`int`', typeName(value)), 'data-types/list/splice');
  return Number(value);
}
