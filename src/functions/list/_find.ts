import { equals } from '../../values/compare.ts';
import type { Closure, List, Value } from '../../values/value.ts';
import type { Query } from '../../evaluator/query.ts';
import { withEach } from './_each.ts';

/** Position of the first item for which the closure answers something true; -1 when there is none. */
export function indexWhere(q: Query, self: List, closure: Closure): number {
  return withEach(q, self, closure, each => each.first(self.items, true));
}

/** Position of the first item that equals `value`; -1 when there is none. */
export function indexOf(q: Query, self: List, value: Value): number {
  const { items } = self;
  q.spend(items.length >> 4);
  if (typeof value === 'number' || typeof value === 'string') {
    const kind = typeof value;
    for (let i = 0; i < items.length; i++) {
      const item = items[i]!;
      if (typeof item === kind ? item === value : equals(item, value)) return i;
    }
    return -1;
  }
  for (let i = 0; i < items.length; i++) if (equals(items[i]!, value)) return i;
  return -1;
}
