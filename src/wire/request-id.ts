/** Ids of requests on the wire: an array of the client's name, number, lowest number and, when it is repeated, a count. */
import type { RequestId } from '../collection/answered.ts';
import { requests as msg } from '../errors/messages/requests.ts';
import { badDataErr } from '../errors/query-error.ts';
import type { Reader, Writer } from './msgpack.ts';

/** Characters of what a client calls itself, at most. */
export const CLIENT_NAME_MAX = 32;
/** What a client may call itself. */
const NAME = new RegExp(`^[\\w-]{8,${CLIENT_NAME_MAX}}$`);

export function packRequestId(out: Writer, { client, number, oldest, since }: RequestId): void {
  out.array(since === null ? 3 : 4);
  out.str(client);
  out.int(number);
  out.int(oldest);
  if (since !== null) out.int(since);
}

/** Throws `bad_data_err` for what is none. */
export function readRequestId(from: Reader): RequestId {
  const parts = from.array();
  if (parts !== 3 && parts !== 4) throw badDataErr(msg.invalid());
  const client = from.str();
  const number = from.safeInt();
  const oldest = from.safeInt();
  const since = parts === 4 ? from.safeInt() : null;
  if (!NAME.test(client) || oldest < 1 || number < oldest || (since !== null && since < 0)) throw badDataErr(msg.invalid());
  return { client, number, oldest, since };
}
