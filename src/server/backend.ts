/**
 * What the edges (TCP, WebSocket, pipe, HTTP) need of the server behind them. The engine implements it;
 * tests have one of their own.
 *
 * Whatever is wrong with a request is thrown as a `QueryError`. Anything else that is thrown is our own
 * mistake: it is logged and the client is told `internal error`.
 */
import type { RequestId } from '../collection/answered.ts';
import type { RequestTag } from '../evaluator/family.ts';
import type { Reader, Writer } from '../wire/msgpack.ts';

/** Who logged in. What is in it is the backend's; it gets the same object with each request of that login. */
export interface User {
  /** For log lines. */
  readonly name: string;
}

/** A connection, or one request of the HTTP API, as the backend sees it: the same object as long as the connection lasts. */
export interface Client {
  readonly user: User;
  /** What stands for a request of it in the log of the cluster, when it is asked for another node. */
  readonly tag?: RequestTag | null;
  /** Sends a package that is no answer (a warning, an event of a room): it leaves soon. */
  send(type: number, body: Uint8Array): void;
}

/** See `answered.ts`. */
export interface RequestIds {
  /** Requests of one client that are remembered at one time. */
  readonly max: number;
  /** Answers that were remembered so far. */
  readonly count: number;
}

/** A scope that was read from a text. What is in it is the backend's. */
export interface Scope {
  /** As errors and events show it: `@collection:stuff`. */
  readonly text: string;
}

/**
 * What an answer is given as. A request that is done at once packs its answer straight into the writer it was
 * given and answers nothing. One that takes longer promises the packed answer, and must not touch the writer,
 * nor the reader of its variables, after its first `await`.
 */
export type Answer = void | Promise<Uint8Array>;

export interface Backend {
  /** `auth_err` when name or password are wrong, or too many of that address, or of that user, were; '' for no address. */
  login(name: string, password: string, address: string): User | Promise<User>;
  /** `auth_err` when there is no such token, or it has expired. */
  loginToken(key: string, address: string): User | Promise<User>;
  /** `value_err` when the text is no scope. Whether there is such a collection or node is seen later. */
  scope(text: string): Scope;
  /**
   * Runs a query. `vars` stands before the item that should be a map of variables, or is null when there is
   * none. With `id` one that comes again is answered again, and not carried out again. Order of checks: node or collection exists, variables, privilege QUERY, syntax, privilege CHANGE.
   */
  query(client: Client, scope: Scope, code: string, vars: Reader | null, out: Writer, id?: RequestId | null): Answer;
  /** Calls a procedure; `args` as `vars`, but nil, an array or a map. */
  run(client: Client, scope: Scope, procedure: string, args: Reader | null, out: Writer, id?: RequestId | null): Answer;
  /** What clients that give ids to their requests are told; null when they are not to. */
  requestIds(): RequestIds | null;
  /**
   * Joins rooms: the `count` items that `rooms` stands before are ids and names. The answer is an array of their ids, nil
   * for those that cannot be joined. What the client is sent (ROOM_JOIN) follows the answer, in all else it goes before.
   */
  join(client: Client, scope: Scope, rooms: Reader, count: number, out: Writer): Answer;
  leave(client: Client, scope: Scope, rooms: Reader, count: number, out: Writer): Answer;
  /** `count` items: a room, an event, arguments. With `peers` all that joined hear of it but the client itself. */
  emit(client: Client, scope: Scope, request: Reader, count: number, peers: boolean): void | Promise<Uint8Array>;
  /** The connection is over. */
  gone(client: Client): void;
  readonly status: NodeStatus;
  /**
   * Null when all that was done so far is durable, or all that a query of a scope can see; else a promise of that moment. Answers,
   * of reads too, leave no earlier. When it rejects they are replaced by that error.
   */
  durable(scope?: Scope | null): Promise<unknown> | null;
}

export const NODE_STATUS = {
  offline: 'OFFLINE',
  connecting: 'CONNECTING',
  connected: 'CONNECTED',
  building: 'BUILDING',
  shuttingDown: 'SHUTTING_DOWN',
  synchronizing: 'SYNCHRONIZING',
  away: 'AWAY',
  awaySoon: 'AWAY_SOON',
  ready: 'READY',
} as const;
export type NodeStatus = (typeof NODE_STATUS)[keyof typeof NODE_STATUS];

/** Whether a node of that status answers requests about rooms. */
export function answersRooms(status: NodeStatus): boolean {
  return answersQueries(status) && status !== 'SHUTTING_DOWN' && status !== 'SYNCHRONIZING';
}

/** Whether a node of that status answers queries at all. */
export function answersQueries(status: NodeStatus): boolean {
  return status !== 'OFFLINE' && status !== 'CONNECTING' && status !== 'CONNECTED' && status !== 'BUILDING';
}
