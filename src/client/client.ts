/**
 * A client of one or several nodes: it keeps one connection, logged in, and looks for another when that is lost or
 * its node shuts down. Requests wait while it is away.
 *
 * What happens to a request whose answer was lost with the connection: it is sent again when it may be repeated, or had
 * an id and the next server knows such, which then answers it without carrying it out twice. Else it fails with
 * `request_cancel_err`, since nobody knows whether it was carried out. What was never sent is always sent later.
 */
import { ERR } from '../errors/codes.ts';
import { client as msg } from '../errors/messages/client.ts';
import { ThingscopeError } from '../library/error.ts';
import { Writer } from '../wire/msgpack.ts';
import { packPlain } from '../wire/pack-plain.ts';
import { PACKET } from '../wire/packet.ts';
import type { Plain } from '../wire/plain.ts';
import { call } from './call.ts';
import type { Clock } from './clock.ts';
import { Connection, IN_FLIGHT_MAX, RemoteError, unpackAnswer } from './connection.ts';
import { RequestIds, withId } from './request-ids.ts';
import { Rooms } from './rooms.ts';
import type { Dial } from './transport.ts';

export interface ClientOptions {
  /** Addresses of nodes, tried in this order, over and over. */
  readonly addresses: readonly string[];
  /** A token, or name and password. */
  readonly auth: string | readonly [user: string, password: string];
  readonly dial: Dial;
  readonly clock: Clock;
  readonly reconnect: boolean;
  /** All times in milliseconds. For one address: socket, login and rooms. */
  readonly connectTimeout: number;
  /** Of a request, waiting for a connection included; 0 for none. */
  readonly requestTimeout: number;
  /** Between two pings; 0 for none. */
  readonly pingInterval: number;
  /** Wait after the first round over all addresses that failed; it doubles with each further one … */
  readonly retryDelay: number;
  /** … up to this. */
  readonly retryDelayMax: number;
  /** Requests that may be under way on one connection; more wait. */
  readonly inFlightMax: number;
  /** Requests that may wait for a connection. */
  readonly queueMax: number;
  readonly onConnect: (url: string) => void;
  readonly onLost: (reason: Error) => void;
  /** Lines that queries write with `log()`. */
  readonly onWarning: (text: string) => void;
}

export interface RequestOptions {
  /** Ends waiting for the answer: the request fails with the signal's reason. The server is not told. */
  readonly signal?: AbortSignal;
  /** Milliseconds, instead of the connection's `requestTimeout`; 0 for none. */
  readonly timeout?: number;
  /** Whether it may be sent again when its answer was lost: by default when that does no harm. */
  readonly repeat?: boolean;
}

export interface Ask {
  readonly type: number;
  /** Packed. */
  readonly body: Uint8Array;
  /** The query's text, for the place of its errors. */
  readonly source?: string;
  /** See {@link RequestOptions.repeat}; asked only when the answer was lost. */
  readonly mayRepeat: () => boolean;
  /** Whether it may have an id. */
  readonly identified?: boolean;
  readonly options: RequestOptions;
  /** Called at once with the answer; see `Reply`. */
  readonly answered?: (answer: Plain, connection: Connection) => void;
}

/** A request from its beginning to its answer. */
interface Request {
  readonly ask: Ask;
  readonly resolve: (answer: Plain) => void;
  readonly reject: (reason: unknown) => void;
  done: boolean;
  /** Its number among those with ids; 0 while it has none. */
  number: number;
  /** What was counted before it was sent first; null before. */
  since: number | null;
  /** Why its answer was lost; null when it was not. */
  lost: Error | null;
}

/** The word of a node that is about to end; it still answers what it was asked. */
const SHUTTING_DOWN = 'SHUTTING_DOWN';
/** How long such a node may take to answer what it was asked, in milliseconds. */
const RETIRED_FOR = 10_000;
/** How a node refuses what it is asked, before it looks at it: when it is not ready, or alone. */
const REFUSED = /^node is temporary unable|does not have the required quorum|^this node has lost|^no node leads/;
/** How a node answers what it had another one do, and has lost that. */
const UNKNOWN = /whether the change was made is not known$/;

export class Client {
  readonly rooms: Rooms;
  /** Called once, when it is closed. */
  onEnd: () => void = () => {};
  private readonly options: ClientOptions;
  /** The connection in use: it is logged in, and the rooms are joined on it. */
  private connection: Connection | null = null;
  /** All connections there are, each with what stops the timer that it has at the moment. */
  private readonly timers = new Map<Connection, () => void>();
  private queue: Request[] = [];
  /** Those to be sent again, before the others. */
  private returned: Request[] = [];
  private readonly underWay = new Set<Request>();
  private readonly ids = new RequestIds();
  /** Index of the address that is tried next. */
  private next = 0;
  /** Rounds without success, and connections that were lost before they answered anything. */
  private failures = 0;
  private searching = false;
  private ended: Error | null = null;
  private readonly out = new Writer();
  private stopWaiting: () => void = () => {};

  constructor(options: ClientOptions) {
    if (options.addresses.length === 0) throw new TypeError(msg.noAddress());
    if (!(options.inFlightMax >= 1 && options.inFlightMax <= IN_FLIGHT_MAX)) throw new TypeError(msg.inFlightRange(IN_FLIGHT_MAX));
    this.options = options;
    this.rooms = new Rooms(this);
  }

  /** Tries each address once; throws what went wrong at the last, and at once when the login is refused. */
  async connect(): Promise<void> {
    let failure: unknown;
    for (let n = this.options.addresses.length; n > 0 && this.ended === null; n--) {
      try {
        return await this.connectNext();
      } catch (e) {
        failure = e;
        if (e instanceof ThingscopeError && e.code === ERR.auth) break;
      }
    }
    throw this.ended ?? failure;
  }

  /** The connection in use, if there is one. */
  get current(): Connection | null {
    return this.connection;
  }

  ask(ask: Ask): Promise<Plain> {
    const { signal, timeout = this.options.requestTimeout } = ask.options;
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    if (this.ended !== null) return Promise.reject(failure(ERR.writeUv, msg.notSent(this.ended.message)));
    if (this.connection === null && this.queue.length >= this.options.queueMax) {
      return Promise.reject(failure(ERR.maxQuota, msg.queueFull(this.options.queueMax)));
    }
    return new Promise((resolve, reject) => {
      const finish = (): void => {
        request.done = true;
        this.underWay.delete(request);
        if (request.number > 0) this.ids.answered(request.number);
        stopTimer();
        signal?.removeEventListener('abort', abort);
      };
      const request: Request = {
        ask, done: false, number: 0, since: null, lost: null,
        resolve: answer => {
          finish();
          resolve(answer);
        },
        reject: reason => {
          finish();
          reject(reason);
        },
      };
      const abort = (): void => request.reject(signal!.reason);
      const stopTimer = timeout === 0 ? () => {} : this.options.clock.after(timeout, () => request.reject(failure(ERR.requestTimeout, msg.requestTimeout(timeout))));
      signal?.addEventListener('abort', abort);
      this.underWay.add(request);
      this.queue.push(request);
      this.pump();
    });
  }

  /** The body of a package; `undefined` is none at all. */
  pack(body: unknown): Uint8Array {
    const { out } = this;
    out.reset();
    if (body !== undefined) packPlain(out, body);
    return out.copy();
  }

  /** Asks something on a certain connection, whether it is in use or not. */
  async askOn(connection: Connection, type: number, body: unknown, answered: (answer: Plain) => void = () => {}): Promise<Plain> {
    return new Promise((resolve, reject) => {
      connection.send(type, this.pack(body), {
        answered: bytes => {
          const answer = unpackAnswer(bytes);
          answered(answer);
          resolve(answer);
        },
        failed: e => reject(e instanceof RemoteError ? new ThingscopeError(e, '') : e),
      });
    });
  }

  close(reason = new Error(msg.closed())): void {
    if (this.ended !== null) return;
    this.ended = reason;
    this.stopWaiting();
    for (const connection of [...this.timers.keys()]) connection.close(reason);
    for (const request of [...this.underWay]) request.reject(failure(ERR.writeUv, msg.notSent(reason.message)));
    this.rooms.closed();
    this.onEnd();
  }

  /** Sends what waits, as far as there is a connection that takes it. */
  private pump(): void {
    const { connection } = this;
    if (connection === null) return;
    if (this.returned.length > 0) {
      this.queue = [...this.returned, ...this.queue];
      this.returned = [];
    }
    const { inFlightMax } = this.options;
    while (this.queue.length > 0 && connection.isOpen && connection.inFlight < inFlightMax) {
      for (const request of this.queue.splice(0, inFlightMax - connection.inFlight)) {
        if (!request.done) this.send(connection, request);
      }
    }
  }

  private send(connection: Connection, request: Request): void {
    if (request.lost !== null && connection.requestIds === null && !mayRepeat(request)) return this.fail(request, request.lost);
    connection.send(request.ask.type, this.bodyOf(request, connection), {
      answered: body => {
        this.failures = 0;
        if (!request.done) this.settle(request, connection, body);
        if (this.queue.length > 0) this.pump();
      },
      failed: e => {
        if (e instanceof RemoteError) this.refused(connection, request, e);
        else this.answerLost(request, e);
      },
    });
  }

  /** With its id, where the server knows such. */
  private bodyOf(request: Request, { requestIds }: Connection): Uint8Array {
    const { ask, since } = request;
    if (requestIds === null || ask.identified !== true) return ask.body;
    if (request.number === 0) request.number = this.ids.take(requestIds.max);
    if (request.number === 0) return ask.body;
    request.since ??= requestIds.count;
    return withId(this.out, ask.type, ask.body, this.ids.idOf(request.number, since));
  }

  private settle(request: Request, connection: Connection, body: Uint8Array): void {
    try {
      const answer = unpackAnswer(body);
      request.ask.answered?.(answer, connection);
      request.resolve(answer);
    } catch (e) {
      request.reject(e);
    }
  }

  private refused(connection: Connection, request: Request, error: RemoteError): void {
    const unknown = request.number > 0 && error.code === ERR.requestCancel && UNKNOWN.test(error.message);
    if ((unknown || (error.code === ERR.node && REFUSED.test(error.message))) && this.options.reconnect && this.ended === null) {
      // Another node may do it, or this one later.
      if (unknown) this.answerLost(request, new Error(error.message));
      else this.returned.push(request);
      if (this.connection === connection) this.failures++;
      this.retire(connection);
      this.pump();
      return;
    }
    this.failures = 0;
    if (!request.done) request.reject(new ThingscopeError(error, request.ask.source ?? ''));
    if (this.queue.length > 0) this.pump();
  }

  private answerLost(request: Request, reason: Error): void {
    if (request.done) return;
    request.lost = reason;
    const repeat = request.ask.options.repeat !== false && request.number > 0;
    if (this.ended === null && this.options.reconnect && (repeat || mayRepeat(request))) this.returned.push(request);
    else this.fail(request, reason);
  }

  private fail(request: Request, lost: Error): void {
    request.reject(failure(ERR.requestCancel, msg.answerLost(lost.message)));
  }

  /** Connects to the next address, logs in, joins the rooms, and takes the connection in use. */
  private async connectNext(): Promise<void> {
    const { addresses, auth, connectTimeout, dial, onConnect } = this.options;
    const url = addresses[this.next]!;
    this.next = (this.next + 1) % addresses.length;
    let connection: Connection | null = null;
    try {
      connection = await Connection.open(url, dial, made => {
        this.limit(made, connectTimeout, () => made.close(new Error(msg.connectTimeout(connectTimeout))));
        connection = made;
      });
      this.listen(connection);
      await Promise.all([this.askOn(connection, PACKET.auth, auth), this.ping(connection)]);
      await this.rooms.resume(connection);
      if (!connection.isOpen) throw new Error(msg.connectionClosed());
    } catch (e) {
      if (connection !== null) {
        this.forget(connection);
        connection.close(e as Error);
      }
      if (e instanceof ThingscopeError || e instanceof TypeError) throw e;
      throw failure(ERR.writeUv, msg.unreachable(url, textOf(e as Error)));
    }
    this.use(connection);
    call(() => onConnect(url));
  }

  /** Sets the one timer of a connection anew, or none for 0 ms. */
  private limit(connection: Connection, ms: number, run: () => void): void {
    this.timers.get(connection)?.();
    this.timers.set(connection, ms === 0 ? () => {} : this.options.clock.after(ms, run));
  }

  private forget(connection: Connection): void {
    this.timers.get(connection)?.();
    this.timers.delete(connection);
  }

  private listen(connection: Connection): void {
    connection.onEvent = (type, body) => this.event(connection, type, body);
    connection.onClose = reason => {
      this.forget(connection);
      this.rooms.lost(connection, reason);
      // One that was retired may have given back what can be asked again.
      if (this.connection !== connection) return this.pump();
      this.connection = null;
      if (this.ended !== null) return;
      this.failures++;
      call(() => this.options.onLost(reason));
      if (this.options.reconnect) void this.search();
      else this.close(reason);
    };
  }

  private event(connection: Connection, type: number, body: Plain): void {
    const { status, warn_msg: warning } = body as { [key: string]: Plain };
    if (type === PACKET.warn) call(() => this.options.onWarning(String(warning)));
    else if (type !== PACKET.nodeStatus) this.rooms.event(connection, type, body);
    else if (status === SHUTTING_DOWN && this.options.addresses.length > 1) void this.search();
  }

  private use(connection: Connection): void {
    const before = this.connection;
    this.connection = connection;
    if (before !== null) this.retire(before);
    this.keepAlive(connection);
    this.pump();
  }

  /** Asks nothing more on a connection; it stays until what it was asked is answered. */
  private retire(connection: Connection): void {
    if (this.connection === connection) {
      this.connection = null;
      void this.search();
    }
    if (!connection.isOpen) return;
    this.limit(connection, RETIRED_FOR, () => connection.close());
    connection.closeWhenIdle();
  }

  /** Looks for a connection until there is one. The old one stays in use meanwhile, if there is one. */
  private async search(): Promise<void> {
    if (this.searching || !this.options.reconnect) return;
    this.searching = true;
    const { addresses } = this.options;
    // One that has just been lost is worth one try at once; one that never answered anything is not.
    for (let tries = 0; this.ended === null; tries++) {
      if (this.failures > 1 && tries % addresses.length === 0) await this.pause();
      try {
        await this.connectNext();
        break;
      } catch (e) {
        if (e instanceof ThingscopeError && e.code === ERR.auth) this.rejectWaiting(e);
        if (tries % addresses.length === addresses.length - 1) this.failures = Math.max(this.failures + 1, 2);
      }
    }
    this.searching = false;
  }

  private pause(): Promise<void> {
    const { clock, retryDelay, retryDelayMax } = this.options;
    const full = Math.min(retryDelayMax, retryDelay * 2 ** (this.failures - 2));
    // Half of it by chance, so that clients that lost their node together do not come back together.
    const delay = full * (0.5 + clock.random() / 2);
    return new Promise(resolve => {
      const stop = clock.after(delay, resolve);
      this.stopWaiting = () => {
        stop();
        resolve();
      };
    });
  }

  private rejectWaiting(reason: unknown): void {
    for (const request of [...this.returned.splice(0), ...this.queue.splice(0)]) if (!request.done) request.reject(reason);
  }

  private keepAlive(connection: Connection): void {
    const { pingInterval, connectTimeout } = this.options;
    this.limit(connection, pingInterval, () => {
      this.limit(connection, connectTimeout, () => connection.close(new Error(msg.silent(connectTimeout))));
      this.ping(connection).then(() => {
        this.failures = 0;
        if (this.connection === connection) this.keepAlive(connection);
      }, () => {}); // it was closed, which is told elsewhere
    });
  }

  /** Asks for a sign of life, and what the server can do beyond ThingsDB: that one answers nothing. */
  private async ping(connection: Connection): Promise<void> {
    await this.askOn(connection, PACKET.ping, {}, answer => (connection.requestIds = readOffer(answer)));
  }
}

function mayRepeat({ ask: { options, mayRepeat } }: Request): boolean {
  return options.repeat ?? mayRepeat();
}

/** What a server says of ids of requests. */
function readOffer(answer: Plain): Connection['requestIds'] {
  const { max, count } = (answer as { request_ids?: { max: Plain; count: Plain } } | null)?.request_ids ?? {};
  return typeof max === 'number' && typeof count === 'number' ? { max, count } : null;
}

function failure(code: number, message: string): ThingscopeError {
  return new ThingscopeError({ code, message }, '');
}

/** Node gives an error for each address of a name, and no text for all of them together. */
function textOf(error: Error): string {
  return error instanceof AggregateError && error.message === '' ? error.errors.map(e => (e as Error).message).join('; ') : error.message;
}
