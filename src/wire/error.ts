/** An error of a query with all that is known of it, for another node or a later time. Clients get less, see `session.ts`. */
import { QueryError } from '../errors/query-error.ts';
import type { Reader, Writer } from './msgpack.ts';

export function packError(out: Writer, { code, message, docs, hint, pos, source, tail, done }: QueryError): void {
  out.array(8);
  out.int(code);
  out.int(pos);
  out.bool(done);
  for (const text of [message, docs, hint, source, tail]) out.str(text);
}

export function readError(from: Reader): QueryError {
  from.array();
  const code = from.safeInt();
  const pos = from.safeInt();
  const done = from.bool();
  const error = new QueryError(code, from.str(), from.str(), from.str(), pos);
  error.done = done;
  error.source = from.str();
  error.tail = from.str();
  return error;
}
