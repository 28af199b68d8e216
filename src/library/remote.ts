/** A database on a server: Thingscope's or ThingsDB's own. Needs nothing of Node. */
import { systemClock, type Clock } from '../client/clock.ts';
import { Client, type RequestOptions } from '../client/client.ts';
import type { AnyEvents, Room, RoomEvents } from '../client/room.ts';
import type { Dial } from '../client/transport.ts';
import { PACKET } from '../wire/packet.ts';
import type { Plain } from '../wire/plain.ts';
import type { Database, Vars } from './database.ts';
import { readQueryArgs } from './query-args.ts';
import type { AnyArgs, AnyName, DatabaseSchema, EventsOf, ProcedureArgs, ProcedureResult, RoomName, Untyped } from './schema.ts';

export interface ConnectOptions {
  /** User name; default `admin`. Not with a token. */
  readonly user?: string;
  /** Default `pass`, as on a server that was just started. */
  readonly password?: string;
  /** Log in with a token instead. */
  readonly token?: string;
  /** Scope of queries that name none. Default `'//stuff'`. */
  readonly scope?: string;
  /** Ends connecting, and later the connection. */
  readonly signal?: AbortSignal;
  /** Whether to look for another connection when one is lost. Default true. */
  readonly reconnect?: boolean;
  /** Milliseconds for one address, from the first byte until the rooms are joined; also for a ping. Default 5,000. */
  readonly connectTimeout?: number;
  /** Milliseconds from a request to its answer, waiting for a connection included; 0 for none. Default 60,000. */
  readonly requestTimeout?: number;
  /** Milliseconds between two pings, by which a dead connection is found out; 0 for none. Default 30,000. */
  readonly pingInterval?: number;
  /** Milliseconds to wait when no address answered; it doubles each time. Default 250. */
  readonly retryDelay?: number;
  /** Longest such wait in milliseconds. Default 30,000. */
  readonly retryDelayMax?: number;
  /** Requests that may be under way at once; more wait their turn. Default 10,000, at most 65,535. */
  readonly inFlightMax?: number;
  /** Requests that may wait while there is no connection; more are refused with `max_quota_err`. Default 10,000. */
  readonly queueMax?: number;
  /** Called with the address of each connection that is ready for use. */
  readonly onConnect?: (url: string) => void;
  /** Called when a connection is lost. */
  readonly onLost?: (reason: Error) => void;
  /** Called with each line that a query of this client writes with `log()`. */
  readonly onWarning?: (text: string) => void;
  /** Timers and chance; default: those of this machine. */
  readonly clock?: Clock;
}

/** What differs between Node and a browser. */
export interface Surroundings {
  readonly dial: Dial;
  /** Whether a query of that scope leaves everything as it is, so that it may be sent again. */
  readonly isRead: (scope: string, code: string) => boolean;
}

/** Nothing is stored there, so nothing is remembered of what was asked. */
const NODE_SCOPE = /^[@/]n/;

export async function connectTo<S extends DatabaseSchema>(
  addresses: string | readonly string[], options: ConnectOptions, surroundings: Surroundings,
): Promise<RemoteDatabase<S>> {
  const { signal, token, user = 'admin', password = 'pass' } = options;
  signal?.throwIfAborted();
  const client = new Client({
    addresses: typeof addresses === 'string' ? [addresses] : addresses,
    auth: token ?? [user, password],
    dial: surroundings.dial,
    clock: options.clock ?? systemClock,
    reconnect: options.reconnect ?? true,
    connectTimeout: options.connectTimeout ?? 5_000,
    requestTimeout: options.requestTimeout ?? 60_000,
    pingInterval: options.pingInterval ?? 30_000,
    retryDelay: options.retryDelay ?? 250,
    retryDelayMax: options.retryDelayMax ?? 30_000,
    inFlightMax: options.inFlightMax ?? 10_000,
    queueMax: options.queueMax ?? 10_000,
    onConnect: options.onConnect ?? (() => {}),
    onLost: options.onLost ?? (() => {}),
    onWarning: options.onWarning ?? (() => {}),
  });
  const abort = (): void => client.close(signal!.reason instanceof Error ? signal!.reason : new Error(String(signal!.reason)));
  signal?.addEventListener('abort', abort);
  client.onEnd = () => signal?.removeEventListener('abort', abort);
  try {
    await client.connect();
  } catch (e) {
    client.close();
    throw e;
  }
  return new RemoteDatabase<S>(client, options.scope ?? '//stuff', surroundings.isRead);
}

export class RemoteDatabase<S extends DatabaseSchema = Untyped> implements Database<S> {
  private readonly client: Client;
  private readonly scope: string;
  private readonly isRead: Surroundings['isRead'];
  private readonly options: RequestOptions;

  constructor(client: Client, scope: string, isRead: Surroundings['isRead'], options: RequestOptions = {}) {
    this.client = client;
    this.scope = scope;
    this.isRead = isRead;
    this.options = options;
  }

  /** The same connection, with options for each request: `db.with({ timeout: 500 }).query('.n')`. */
  with(options: RequestOptions): RemoteDatabase<S> {
    return new RemoteDatabase(this.client, this.scope, this.isRead, { ...this.options, ...options });
  }

  query<T = Plain>(scope: string, code: string, vars?: Vars): Promise<T>;
  query<T = Plain>(code: string): Promise<T>;
  query<T = Plain>(template: TemplateStringsArray, ...values: unknown[]): Promise<T>;
  async query<T = Plain>(first: string | TemplateStringsArray, ...rest: unknown[]): Promise<T> {
    const { scope = this.scope, code, vars } = readQueryArgs(first, rest);
    const body = this.client.pack(vars === undefined ? [scope, code] : [scope, code, vars]);
    return this.client.ask({ type: PACKET.query, body, source: code, mayRepeat: () => this.isRead(scope, code), identified: !NODE_SCOPE.test(scope), options: this.options }) as Promise<T>;
  }

  run<T = Plain>(scope: string, procedure: AnyName<S>, ...args: AnyArgs<S>): Promise<T>;
  run<N extends keyof S['procedures'] & string>(scope: string, procedure: N, ...args: ProcedureArgs<S['procedures'][N]>): Promise<ProcedureResult<S['procedures'][N]>>;
  async run(scope: string, procedure: string, args?: readonly unknown[] | Vars): Promise<unknown> {
    const body = this.client.pack(args === undefined ? [scope, procedure] : [scope, procedure, args]);
    return this.client.ask({ type: PACKET.run, body, mayRepeat: () => false, identified: !NODE_SCOPE.test(scope), options: this.options });
  }

  /**
   * A room of a collection; `join()` it to get its events. What is no name is a query that answers the id, and is asked
   * again after each reconnect.
   *
   * @throws {ThingscopeError} `value_err` when the scope makes no sense.
   */
  room<N extends RoomName<S>>(scope: string, name: N): Room<EventsOf<S, N>>;
  room<E extends RoomEvents = AnyEvents>(scope: string, which: number | string): Room<E>;
  room(scope: string, which: number | string): Room {
    return this.client.rooms.make(scope, which);
  }

  /** Resolves when the server answers. */
  async ping(): Promise<void> {
    await this.client.ask({ type: PACKET.ping, body: this.client.pack(undefined), mayRepeat: () => true, options: this.options });
  }

  /** Ends the connection at once; what was not answered fails. */
  async close(): Promise<void> {
    this.client.close();
  }
}
