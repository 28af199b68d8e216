import type { Closure, Thing, Value } from '../../values/value.ts';
import type { Callback } from '../../evaluator/callback.ts';
import type { Query } from '../../evaluator/query.ts';
import { withEach } from '../list/_each.ts';

/** Calls `visit` for each property in the order in which they are listed, with a closure to call. */
export function eachPropertyWith(q: Query, thing: Thing, closure: Closure, visit: (each: Callback, key: string, value: Value) => void): void {
  withEach(q, thing, closure, each => {
    const { shape } = thing;
    const order = shape.order();
    for (let i = 0; i < shape.keys.length; i++) {
      const at = order === null ? i : order[i]!;
      visit(each, shape.keys[at]!, thing.valueAt(at));
    }
  });
}
