import { List, TAG, type Value } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import type { Query } from '../../evaluator/query.ts';

export default builtin({
  name: 'flat', on: 'list|tuple', args: ['int?'], change: 'never',
  run: (q, self, depth) => {
    const out: Value[] = [];
    flatten(q, self, Number(depth ?? 1), out);
    return new List(out);
  },
});

/** Only tuples are taken apart: in a list a set is one already. */
function flatten(q: Query, list: List, depth: number, out: Value[]): void {
  q.spend(1 + (list.items.length >> 4));
  for (const item of list.items) {
    if (depth > 0 && item instanceof List && item.tag === TAG.tuple) flatten(q, item, depth - 1, out);
    else out.push(item);
  }
  q.assertLength(out.length);
}
