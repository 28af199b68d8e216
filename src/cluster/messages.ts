/** What nodes say to each other, as bytes: MessagePack arrays. */
import { assert } from '../errors/assert.ts';
import { QueryError } from '../errors/query-error.ts';
import type { RoomEmit } from '../host.ts';
import type { RequestId } from '../collection/answered.ts';
import { packError, readError } from '../wire/error.ts';
import { KIND, Reader, Writer } from '../wire/msgpack.ts';
import { packRequestId, readRequestId } from '../wire/request-id.ts';

/** A request of a client that another node is to run. */
export interface Request {
  /** Number of the request at the node that asks, the same when it asks again. */
  readonly number: number;
  /** Numbers below it are answered: their answers need not be kept. */
  readonly oldest: number;
  /** The term in which it is to run; no other leader may: it would not know whether it has been run. */
  readonly term: number;
  readonly user: number;
  /** Hash of the token by which they logged in; '' for a password. */
  readonly token: string;
  readonly kind: 'query' | 'run' | 'emit' | 'emit_peer';
  readonly scope: string;
  /** Code, or the name of a procedure; nothing for an emit. */
  readonly text: string;
  /** Variables or arguments; for an emit the room, the event and its arguments, one after another. */
  readonly items: Uint8Array;
  readonly count: number;
  /** By which the client may repeat it; null when it gave none. */
  readonly id: RequestId | null;
}

export interface Response {
  /** The change that whoever asked must have come to before it answers. */
  readonly change: number;
  /** What the client is sent before the answer: warnings. */
  readonly warnings: readonly Uint8Array[];
  /** An error, or the answer as it is packed. */
  readonly result: QueryError | Uint8Array;
}

/** A room's event that no change brings. */
export interface Told extends RoomEmit {
  /** The request that brought it: its node leaves out the client who asked for that. */
  readonly node: number;
  readonly request: number;
}

export function packRequest({ number, oldest, term, user, token, kind, scope, text, items, count, id }: Request): Uint8Array {
  const out = new Writer(items.length + text.length + 192);
  out.array(11);
  for (const n of [number, oldest, term]) out.int(n);
  out.int(user);
  out.str(token);
  out.str(kind);
  out.str(scope);
  out.str(text);
  out.int(count);
  out.bin(items);
  if (id === null) out.nil();
  else packRequestId(out, id);
  return out.detach(0);
}

export function readRequest(body: Uint8Array): Request {
  const from = new Reader(body);
  assert(from.array() === 11, 'a request has eleven parts');
  const number = from.safeInt();
  const oldest = from.safeInt();
  const term = from.safeInt();
  const user = from.safeInt();
  const token = from.str();
  const kind = from.str() as Request['kind'];
  const scope = from.str();
  const text = from.str();
  const count = from.safeInt();
  const items = from.bin();
  const id = from.kind() === KIND.nil ? from.nil() : readRequestId(from);
  return { number, oldest, term, user, token, kind, scope, text, count, items, id };
}

export function packResponse({ change, warnings, result }: Response): Uint8Array {
  const failed = result instanceof QueryError;
  const out = new Writer(128 + (failed ? 0 : result.length));
  out.array(4);
  out.int(change);
  out.array(warnings.length);
  for (const warning of warnings) out.bin(warning);
  out.bool(failed);
  if (failed) packError(out, result);
  else out.bin(result);
  return out.detach(0);
}

export function readResponse(body: Uint8Array): Response {
  const from = new Reader(body);
  assert(from.array() === 4, 'a response has four parts');
  const change = from.safeInt();
  const warnings = Array.from({ length: from.array() }, () => from.bin());
  return { change, warnings, result: from.bool() ? readError(from) : from.bin() };
}

export function packTold({ collection, room, event, args, node, request }: Told): Uint8Array {
  const out = new Writer(args.length + event.length + 64);
  out.array(6);
  for (const n of [collection, room, node, request]) out.int(n);
  out.str(event);
  out.bin(args);
  return out.detach(0);
}

export function readTold(body: Uint8Array): Told {
  const from = new Reader(body);
  assert(from.array() === 6, 'an event has six parts');
  const [collection, room, node, request] = Array.from({ length: 4 }, () => from.safeInt()) as [number, number, number, number];
  return { collection, room, node, request, event: from.str(), args: from.bin() };
}
