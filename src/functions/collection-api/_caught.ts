/** What `try` and `alt_raise` catch: mistakes of the query, but not that its budget is used up. */
import { ERR_HIGHEST } from '../../errors/codes.ts';
import { QueryError } from '../../errors/query-error.ts';
import type { Query } from '../../evaluator/query.ts';

/** Gives the error, if it is one to catch; throws it on otherwise, as all that is no error: `return`, `break`. */
export function caught(q: Query, e: unknown): QueryError {
  if (!(e instanceof QueryError) || e.code > ERR_HIGHEST || q.spent()) throw e;
  return e;
}
