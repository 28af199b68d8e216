import { use } from '../../collection/in-use.ts';
import type { Closure, List, Thing, ThingSet } from '../../values/value.ts';
import type { Callback } from '../../evaluator/callback.ts';
import type { Query } from '../../evaluator/query.ts';

/** Runs `body` with a closure that is called for item after item of `over`, which nobody can change meanwhile. */
export function withEach<T>(q: Query, over: List | ThingSet | Thing, closure: Closure, body: (each: Callback) => T): T {
  const each = q.callback(closure);
  const outer = use(q, over);
  try {
    return body(each);
  } finally {
    q.inUse = outer;
    each.end();
  }
}
