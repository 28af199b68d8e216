import { operationErr } from '../../errors/query-error.ts';
import type { Query } from '../../evaluator/query.ts';
import type { Closure, Future } from '../../values/value.ts';

/** Gives a future the closure that follows on success or failure, once. */
export function attach(q: Query, future: Future, what: 'then' | 'else', closure: Closure, twice: () => string): Future {
  if (future[what] !== null) throw operationErr(twice());
  const code = q.codeOf(closure);
  q.family.await(code);
  future.counted.push(code);
  future[what] = closure;
  return future;
}
