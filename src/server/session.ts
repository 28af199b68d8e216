/**
 * One connection, without its socket: bytes come in by {@link Session.receive}, answers leave by a
 * {@link Transport}. TCP, the UNIX pipe and WebSocket differ in their transport only.
 *
 * - All packages of a chunk are answered in one turn, and what is ready then leaves in one write. All
 *   sessions pack into one shared buffer, which is empty between turns: idle connections own no memory.
 * - Nothing leaves before what it has seen is durable ({@link Backend.durable}); answers that cannot be are
 *   replaced by errors.
 * - A client that does not read its answers is not read from; if more and more is sent to it all the same,
 *   as events are, it is dropped at a bound.
 * - While a login is being checked the packages behind it wait.
 */
import { ERR } from '../errors/codes.ts';
import { QueryError, authErr, badDataErr, nodeErr, typeErr } from '../errors/query-error.ts';
import type { LogLevel } from '../host.ts';
import { LOG_LEVEL } from '../host.ts';
import type { RequestId } from '../collection/answered.ts';
import { KIND, Reader, Writer, type Kind } from '../wire/msgpack.ts';
import { BODY_MAX, BODY_MAX_BEFORE_LOGIN, EVENT_PID, PACKET, PacketReader, PacketWriter, type PacketHandler } from '../wire/packet.ts';
import { readRequestId } from '../wire/request-id.ts';
import { answersQueries, answersRooms, type Answer, type Backend, type Client, type User, type Scope } from './backend.ts';

/** The socket of a session. */
export interface Transport {
  /** For log lines: `127.0.0.1:39714`. */
  readonly name: string;
  /** Where it comes from, without the port; nothing for a pipe, whose log-ins are not limited. */
  readonly address?: string;
  /** Bytes that were written and not yet taken by the operating system. */
  readonly pending: number;
  /** True when the bytes were taken at once, so that their buffer is free again. */
  write(bytes: Uint8Array): boolean;
  /** Stops and goes on reading. */
  pause(): void;
  resume(): void;
  /** Ends the connection, after what was written. */
  close(): void;
  /** Runs something when the work at hand is done, still before the next sleep. */
  later(run: () => void): void;
}

export interface SessionOptions {
  /** Address of the documentation, for the ends of error texts; '' for none. */
  readonly docsUrl: string;
  readonly maxBody: number;
  readonly maxBodyBeforeLogin: number;
  /** Bytes not taken by a client from which on it is not read from. */
  readonly pendingHigh: number;
  /** Bytes not taken by a client at which it is dropped. */
  readonly pendingMax: number;
  /** Requests of one connection that may be under way. */
  readonly maxInFlight: number;
  /** Failed logins after which a connection is closed. */
  readonly maxFailedLogins: number;
  log(level: LogLevel, text: string): void;
}

export const DEFAULT_SESSION_OPTIONS: SessionOptions = Object.freeze({
  docsUrl: '',
  maxBody: BODY_MAX,
  maxBodyBeforeLogin: BODY_MAX_BEFORE_LOGIN,
  pendingHigh: 1 << 20,
  pendingMax: 64 << 20,
  maxInFlight: 8192,
  maxFailedLogins: 20,
  log: () => {},
});

/** What all sessions of a server share: the buffers of the turn at hand. */
export class Shared {
  readonly out = new Writer(OUT_ROOM);
  readonly reader = new Reader(new Uint8Array(0));
  /** How packages are written on a stream, and as WebSocket messages. */
  readonly stream = new PacketWriter(this.out, false);
  readonly messages = new PacketWriter(this.out, true);
  /** Sessions that have something to send, in order; those before `next` have been flushed. */
  private ready: Session[] = [];
  private next = 0;
  /** When the request that is being read was begun, ms. */
  private since = 0;
  /** Called when a session has sent something. */
  readonly onSent: () => void;

  /** Milliseconds since any moment. */
  private readonly now: () => number;

  constructor(onSent: () => void = () => {}, now: () => number = () => performance.now()) {
    this.onSent = onSent;
    this.now = now;
  }

  /** Requests are about to be read. */
  begin(): void {
    this.since = this.now();
  }

  /** Whether the request that was just read took so long that its answer goes out before the next is read: so the client works meanwhile. */
  tookLong(): boolean {
    const now = this.now();
    const took = now - this.since;
    this.since = now;
    return took > LONG_MS;
  }

  /** Flushes a session in one of the next turns: an event for ten thousand listeners must not hold up everybody else. */
  flushSoon(session: Session, later: (run: () => void) => void): void {
    if (this.ready.push(session) === 1) later(() => this.flushSome(later));
  }

  private flushSome(later: (run: () => void) => void): void {
    const end = Math.min(this.next + FLUSHES_A_TURN, this.ready.length);
    try {
      while (this.next < end) this.ready[this.next++]!.flushReady();
    } finally {
      if (this.next < this.ready.length) later(() => this.flushSome(later));
      else {
        this.ready = [];
        this.next = 0;
      }
    }
  }
}

const OUT_ROOM = 1 << 16;
/** Sessions that are flushed in one turn. A write takes some ten microseconds. */
const FLUSHES_A_TURN = 256;
/** Milliseconds of a request beside which the ten microseconds of a write of its own are little. */
const LONG_MS = 0.05;
/** Bytes of answers that are written before the turn is over. */
const WRITE_EARLY = 1 << 18;

/** Why a session does not read at the moment. A mask. */
const HOLD = { login: 1, output: 2, inFlight: 4 } as const;

/** Answers that wait until what they have seen is durable. */
interface Held {
  bytes: Uint8Array;
  durable: boolean;
}

interface Queued {
  readonly type: number;
  readonly pid: number;
  readonly body: Uint8Array;
}

export class Session implements PacketHandler {
  private readonly backend: Backend;
  private readonly transport: Transport;
  private readonly options: SessionOptions;
  private readonly shared: Shared;
  private readonly out: Writer;
  private readonly reader: Reader;
  private readonly packets: PacketWriter;
  private readonly stream: PacketReader;
  /** Null before the login. */
  private client: SessionClient | null = null;
  private failedLogins = 0;
  private inFlight = 0;
  private holds = 0;
  /** Packages that became ready outside of a turn of this session; null while there are none. */
  private queue: Queued[] | null = null;
  private scheduled = false;
  /** The scope of all requests whose answers are ready; null when there are several, or something else is ready too. */
  private sees: Scope | null | undefined = undefined;
  /** Null while there are none. */
  private held: Held[] | null = null;
  private heldBytes = 0;
  private closed = false;
  private readonly over: (session: Session) => void;

  /** `over` is called once when the session is over, whoever ended it. */
  constructor(backend: Backend, transport: Transport, shared: Shared, messages: boolean, options: SessionOptions, over: (session: Session) => void = () => {}) {
    this.backend = backend;
    this.transport = transport;
    this.options = options;
    this.shared = shared;
    this.out = shared.out;
    this.reader = shared.reader;
    this.packets = messages ? shared.messages : shared.stream;
    this.stream = new PacketReader(this, options.maxBodyBeforeLogin);
    this.over = over;
  }

  get loggedIn(): boolean {
    return this.client !== null;
  }

  /** Bytes that came, whole packages or parts. With `more`, {@link flush} is called before the turn is over. */
  receive(chunk: Uint8Array, more = false): void {
    if (this.closed) return;
    this.shared.begin();
    const sound = this.stream.push(chunk);
    if (!more) this.flush();
    if (!sound) this.end('invalid or too large package');
  }

  /** The socket took what was written. */
  drained(): void {
    if (this.transport.pending + this.heldBytes <= this.options.pendingHigh) this.release(HOLD.output);
  }

  /** The socket is gone. */
  gone(): void {
    if (this.closed) return;
    this.closed = true;
    this.stream.broken = true;
    this.queue = null;
    this.held = null;
    if (this.client !== null) this.backend.gone(this.client);
    this.over(this);
  }

  /** Closes the connection from this side: in good order without a reason, else with a line in the log. */
  end(reason = ''): void {
    if (this.closed) return;
    if (reason === '') this.flush();
    else this.options.log(LOG_LEVEL.warning, `closing connection \`${this.transport.name}\`: ${reason}`);
    this.gone();
    this.transport.close();
  }

  /** Sends a package that is no answer. */
  send(type: number, body: Uint8Array): void {
    if (!this.closed) this.enqueue(type, EVENT_PID, body);
  }

  /** What {@link PacketReader} found. */
  packet(type: number, pid: number, bytes: Uint8Array, from: number, to: number): void {
    switch (type) {
      case PACKET.query:
      case PACKET.run:
      case PACKET.join:
      case PACKET.leave:
      case PACKET.emit:
      case PACKET.emitPeer:
        this.request(type, pid, bytes, from, to);
        break;
      case PACKET.ping:
        this.pong(pid, from < to);
        break;
      case PACKET.auth:
        this.login(pid, this.reader.over(bytes, from, to));
        break;
      case PACKET.watch:
      case PACKET.unwatch:
        this.packets.empty(pid, PACKET.ok);
        break;
      default:
        this.options.log(LOG_LEVEL.error, `unexpected package type ${type} from \`${this.transport.name}\``);
    }
    if (this.shared.tookLong() || this.out.pos > WRITE_EARLY) this.flush();
  }

  /** With a body it asks what there is beyond the protocol of ThingsDB. */
  private pong(pid: number, asks: boolean): void {
    const ids = asks && this.client !== null ? this.backend.requestIds() : null;
    if (ids === null) return this.packets.empty(pid, PACKET.pong);
    // Requests of all scopes count.
    this.sees = null;
    const { out } = this;
    const mark = this.packets.begin();
    out.map(1);
    out.str('request_ids');
    out.map(2);
    out.str('max');
    out.int(ids.max);
    out.str('count');
    out.int(ids.count);
    this.packets.finish(mark, pid, PACKET.pong);
  }

  private request(type: number, pid: number, bytes: Uint8Array, from: number, to: number): void {
    const mark = this.packets.begin();
    const start = this.out.pos;
    try {
      if (this.client === null) throw authErr('connection is not authenticated');
      const { status } = this.backend;
      if (!(isRoomRequest(type) ? answersRooms(status) : answersQueries(status))) throw nodeErr('node is temporary unable to handle the request');
      const answer = this.ask(type, this.client, this.reader.over(bytes, from, to));
      const success = type === PACKET.emit || type === PACKET.emitPeer ? PACKET.ok : PACKET.data;
      if (answer !== undefined) {
        this.packets.abort(mark);
        this.await(answer, pid, success);
      } else if (this.queue !== null && type !== PACKET.join) {
        // What the client was sent meanwhile, events of its own query among them, goes before the answer.
        const body = this.out.copy(start);
        this.packets.abort(mark);
        this.packQueue();
        this.packets.whole(body, pid, success);
      } else {
        this.packets.finish(mark, pid, success);
      }
    } catch (error) {
      this.packets.abort(mark);
      this.packQueue();
      this.packets.whole(this.errorBody(error), pid, PACKET.error);
    }
  }

  private ask(type: number, client: Client, reader: Reader): Answer {
    if (type === PACKET.query) return this.query(client, reader);
    if (type === PACKET.run) return this.run(client, reader);
    const count = requestItems(reader) - 1;
    const scope = this.scope(reader);
    if (type === PACKET.join) return this.backend.join(client, scope, reader, count, this.out);
    if (type === PACKET.leave) return this.backend.leave(client, scope, reader, count, this.out);
    return this.backend.emit(client, scope, reader, count, type === PACKET.emitPeer);
  }

  private query(client: Client, reader: Reader): Answer {
    const count = requestItems(reader);
    const scope = this.scope(reader);
    if (count < 2 || !isNext(reader, KIND.str))
      throw typeErr('expecting the code in a `query` request to be of type `string`', 'connect/socket/query');
    const code = reader.str();
    return this.backend.query(client, scope, code, count > 2 ? reader : null, this.out, count > 3 ? idBehind(reader) : null);
  }

  private run(client: Client, reader: Reader): Answer {
    const count = requestItems(reader);
    const scope = this.scope(reader);
    if (count < 2 || !isNext(reader, KIND.str))
      throw typeErr('expecting the array in a `run` request to have a second value of type `str`', 'procedures-api');
    const procedure = reader.str();
    return this.backend.run(client, scope, procedure, count > 2 ? reader : null, this.out, count > 3 ? idBehind(reader) : null);
  }

  private scope(reader: Reader): Scope {
    const scope = this.backend.scope(reader.str());
    this.sees = this.sees === undefined || this.sees?.text === scope.text ? scope : null;
    return scope;
  }

  private await(answer: Promise<Uint8Array>, pid: number, success: number): void {
    if (++this.inFlight >= this.options.maxInFlight) this.hold(HOLD.inFlight);
    const done = (type: number, body: Uint8Array): void => {
      if (--this.inFlight < this.options.maxInFlight) this.release(HOLD.inFlight);
      if (!this.closed) this.enqueue(type, pid, body);
    };
    answer.then(
      (body) => done(success, body),
      (error: unknown) => done(PACKET.error, this.errorBody(error)),
    );
  }

  private login(pid: number, reader: Reader): void {
    let result: User | Promise<User>;
    try {
      result = this.checkLogin(reader);
    } catch (error) {
      this.packets.whole(this.loginFailed(error), pid, PACKET.error);
      return;
    }
    if (!(result instanceof Promise)) {
      this.loginDone(result);
      this.packets.empty(pid, PACKET.ok);
      return;
    }
    this.hold(HOLD.login);
    result.then(
      (user) => {
        this.loginDone(user);
        this.enqueue(PACKET.ok, pid, NO_BODY);
        this.release(HOLD.login);
      },
      (error: unknown) => {
        this.enqueue(PACKET.error, pid, this.loginFailed(error));
        this.release(HOLD.login);
      },
    );
  }

  private checkLogin(reader: Reader): User | Promise<User> {
    if (isNext(reader, KIND.str)) return this.backend.loginToken(reader.str(), this.transport.address ?? '');
    if (isNext(reader, KIND.array) && reader.array() === 2 && isNext(reader, KIND.str)) {
      const name = reader.str();
      if (isNext(reader, KIND.str)) return this.backend.login(name, reader.str(), this.transport.address ?? '');
    }
    throw badDataErr('invalid authentication request');
  }

  private loginDone(user: User): void {
    this.failedLogins = 0;
    this.stream.maxBody = this.options.maxBody;
    // Rooms that were joined stay so when another user logs in.
    if (this.client === null) this.client = new SessionClient(this, user);
    else this.client.user = user;
  }

  private loginFailed(error: unknown): Uint8Array {
    const { message } = asQueryError(error, this.options);
    this.options.log(LOG_LEVEL.warning, `authentication failed \`${message}\` from \`${this.transport.name}\``);
    if (++this.failedLogins >= this.options.maxFailedLogins) this.transport.later(() => this.end('too many failed logins'));
    return this.errorBody(error);
  }

  private errorBody(error: unknown): Uint8Array {
    return errorBody(error, this.options);
  }

  private enqueue(type: number, pid: number, body: Uint8Array): void {
    if (this.closed) return;
    (this.queue ??= []).push({ type, pid, body });
    if (this.scheduled) return;
    this.scheduled = true;
    this.shared.flushSoon(this, run => this.transport.later(run));
  }

  /** What {@link Shared.flushSoon} was asked for. */
  flushReady(): void {
    this.scheduled = false;
    this.flush();
  }

  /** Writes all that is ready. */
  flush(): void {
    const { out } = this;
    this.packQueue();
    const { sees } = this;
    this.sees = undefined;
    if (out.pos === 0) return;
    if (this.closed) {
      out.reset();
      return;
    }
    const durable = this.backend.durable(sees);
    if (durable === null && this.held === null) this.write();
    else this.keep(durable);
  }

  private packQueue(): void {
    const { queue } = this;
    if (queue === null) return;
    this.queue = null;
    this.sees = null;
    for (const { type, pid, body } of queue) this.packets.whole(body, pid, type);
  }

  private write(): void {
    const { out, transport, options } = this;
    if (transport.pending + this.heldBytes > options.pendingMax) {
      out.reset();
      this.end('the client does not read what it is sent');
      return;
    }
    if (transport.write(out.bytes.subarray(0, out.pos))) out.reset();
    else {
      out.detach(OUT_ROOM);
      if (transport.pending > options.pendingHigh) this.hold(HOLD.output);
    }
    this.shared.onSent();
  }

  /** Keeps what is ready until it may leave; the order stays. */
  private keep(durable: Promise<unknown> | null): void {
    const held: Held = { bytes: this.out.copy(), durable: durable === null };
    this.out.reset();
    (this.held ??= []).push(held);
    this.heldBytes += held.bytes.length;
    if (this.heldBytes > this.options.pendingHigh) this.hold(HOLD.output);
    durable?.then(
      () => {
        held.durable = true;
        this.letGo();
      },
      (error: unknown) => {
        if (this.closed) return;
        const before = held.bytes.length;
        held.bytes = this.refused(held.bytes, this.errorBody(error));
        this.heldBytes += held.bytes.length - before;
        held.durable = true;
        this.letGo();
      },
    );
  }

  /** The packages of `bytes` with an error in place of each answer. Nobody can tell which of them had seen what is not durable. */
  private refused(bytes: Uint8Array, error: Uint8Array): Uint8Array {
    const { out } = this;
    const mark = out.pos;
    for (const { type, pid, from, to } of this.packets.read(bytes)) {
      if (type === PACKET.data) this.packets.whole(error, pid, PACKET.error);
      else this.packets.whole(bytes.subarray(from, to), pid, type);
    }
    const refused = out.bytes.slice(mark, out.pos);
    out.pos = mark;
    return refused;
  }

  private letGo(): void {
    const { held } = this;
    if (held === null) return;
    let n = 0;
    for (; n < held.length && held[n]!.durable; n++) {
      this.out.raw(held[n]!.bytes);
      this.heldBytes -= held[n]!.bytes.length;
    }
    if (n === 0) return;
    if (n < held.length) held.splice(0, n);
    else this.held = null;
    this.write();
    this.drained();
  }

  private hold(reason: number): void {
    if (this.holds === 0) {
      this.stream.paused = true;
      this.transport.pause();
    }
    this.holds |= reason;
  }

  private release(reason: number): void {
    if ((this.holds & reason) === 0) return;
    this.holds &= ~reason;
    if (this.holds !== 0 || this.closed) return;
    this.transport.resume();
    // What is ready goes before the answers to what now comes: that of a login above all.
    this.packQueue();
    const sound = this.stream.resume();
    this.flush();
    if (!sound) this.end('invalid or too large package');
  }
}

/** Who logged in, as what stands behind the edges knows it. */
class SessionClient implements Client {
  user: User;
  private readonly session: Session;

  constructor(session: Session, user: User) {
    this.user = user;
    this.session = session;
  }

  send(type: number, body: Uint8Array): void {
    this.session.send(type, body);
  }
}

const NO_BODY = new Uint8Array(0);

/** Items of a request, whose first one must be the scope. */
function requestItems(reader: Reader): number {
  if (isNext(reader, KIND.array)) {
    const count = reader.array();
    if (count > 0 && isNext(reader, KIND.str)) return count;
  }
  throw badDataErr('expecting the request to contain an array with as scope as first item');
}

/** The id that follows the item which the reader stands before, and stays before. What is no array is passed over, as in ThingsDB. */
function idBehind(reader: Reader): RequestId | null {
  const { pos } = reader;
  reader.skip();
  const id = isNext(reader, KIND.array) ? readRequestId(reader) : null;
  reader.pos = pos;
  return id;
}

function isRoomRequest(type: number): boolean {
  return type === PACKET.join || type === PACKET.leave || type === PACKET.emit || type === PACKET.emitPeer;
}

function isNext(reader: Reader, kind: Kind): boolean {
  return !reader.atEnd && reader.kind() === kind;
}

/**
 * The body of an error package: code and text in ThingsDB's order, then what we know besides: the nearest name,
 * whether what was asked is done all the same, the place (an offset in UTF-16 units) and, when that is in a closure which the query called, the closure's text.
 */
export function errorBody(error: unknown, options: Pick<SessionOptions, 'docsUrl' | 'log'>): Uint8Array {
  const known = asQueryError(error, options);
  const out = new Writer(128);
  const { hint, pos, source, done } = known;
  out.map(2 + Number(done) + Number(hint !== '') + Number(pos >= 0) + Number(pos >= 0 && source !== ''));
  out.str('error_code');
  out.int(known.code);
  out.str('error_msg');
  out.str(known.text(options.docsUrl));
  if (done) {
    out.str('done');
    out.bool(true);
  }
  if (hint !== '') {
    out.str('hint');
    out.str(hint);
  }
  if (pos >= 0) {
    out.str('pos');
    out.int(pos);
    if (source !== '') {
      out.str('source');
      out.str(source);
    }
  }
  return out.detach(0);
}

/** What a client is told of an error. Our own mistakes go to the log with their stack, and no further. */
export function asQueryError(error: unknown, options: Pick<SessionOptions, 'log'>): QueryError {
  if (error instanceof QueryError) return error;
  options.log(LOG_LEVEL.critical, error instanceof Error ? (error.stack ?? String(error)) : String(error));
  return new QueryError(ERR.internal, 'internal error');
}
