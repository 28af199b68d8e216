/**
 * One connection to a server that speaks ThingsDB's protocol: requests out, each with an id, and answers in, in
 * whatever order they come. It knows neither login nor reconnecting: see `client.ts`.
 */
import { assert } from '../errors/assert.ts';
import { client as msg } from '../errors/messages/client.ts';
import { Reader } from '../wire/msgpack.ts';
import { EVENT_PID, HEADER_BYTES, PACKET, PacketReader, writeHeader } from '../wire/packet.ts';
import { unpackPlain, type Plain } from '../wire/plain.ts';
import type { Dial, Transport } from './transport.ts';

/** An error package as it came. */
export class RemoteError {
  readonly code: number;
  readonly message: string;
  readonly hint: string;
  readonly pos: number;
  readonly source: string;
  /** Whether what was asked is done all the same. */
  readonly done: boolean;
  constructor(code: number, message: string, hint: string, pos: number, source: string, done: boolean) {
    this.code = code;
    this.message = message;
    this.hint = hint;
    this.pos = pos;
    this.source = source;
    this.done = done;
  }
}

/**
 * Who waits for an answer. Called at once when the package comes, before the packages behind it are looked at, so
 * that nobody misses events that follow an answer closely.
 */
export interface Reply {
  /** The body is only good until the call returns. */
  readonly answered: (body: Uint8Array) => void;
  /** A {@link RemoteError}, or the reason why the connection ended. */
  readonly failed: (reason: RemoteError | Error) => void;
}

/** Request ids are u16; 65535 marks what the server sends by itself. */
export const IN_FLIGHT_MAX = EVENT_PID;

export class Connection {
  /** Packages that answer no request: events of rooms, warnings, the node's status. */
  onEvent: (type: number, body: Plain) => void = () => {};
  /** What its server said last of ids of requests; null when it knows none. */
  requestIds: { readonly max: number; readonly count: number } | null = null;
  /** Called once, when all requests have been told. */
  onClose: (reason: Error) => void = () => {};
  private readonly transport: Transport;
  private readonly reader: PacketReader;
  private pid = 0;
  private readonly pending = new Map<number, Reply>();
  private ended: Error | null = null;
  private retired = false;

  /** Resolves with a connection that is open; nobody is logged in yet. */
  static open(url: string, dial: Dial, made: (connection: Connection) => void = () => {}): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const connection = new Connection(url, dial, () => {
        connection.onClose = () => {};
        resolve(connection);
      });
      connection.onClose = reject;
      made(connection);
    });
  }

  private constructor(url: string, dial: Dial, opened: () => void) {
    this.reader = new PacketReader({ packet: (type, pid, bytes, from, to) => this.receive(type, pid, bytes.subarray(from, to)) });
    this.transport = dial(url, { opened, received: chunk => this.feed(chunk), closed: reason => this.end(reason) });
  }

  get inFlight(): number {
    return this.pending.size;
  }

  get isOpen(): boolean {
    return this.ended === null;
  }

  /** Sends a request; gives the answer as a plain value. */
  async request(type: number, body: Uint8Array): Promise<Plain> {
    return unpackAnswer(await this.requestBytes(type, body));
  }

  /** Sends a request; gives the answer as it came. */
  requestBytes(type: number, body: Uint8Array): Promise<Uint8Array> {
    return new Promise((resolve, reject) => this.send(type, body, { answered: answer => resolve(answer.slice()), failed: reject }));
  }

  send(type: number, body: Uint8Array, reply: Reply): void {
    if (this.ended !== null) return reply.failed(this.ended);
    assert(this.pending.size < IN_FLIGHT_MAX, msg.inFlight(IN_FLIGHT_MAX));
    do this.pid = (this.pid + 1) % EVENT_PID;
    while (this.pending.has(this.pid));
    this.pending.set(this.pid, reply);
    const packet = new Uint8Array(HEADER_BYTES + body.length);
    writeHeader(packet, 0, body.length, this.pid, type);
    packet.set(body, HEADER_BYTES);
    this.transport.send(packet);
  }

  close(reason = new Error(msg.connectionClosed())): void {
    this.end(reason);
  }

  /** Closes it when all that was asked is answered. */
  closeWhenIdle(): void {
    this.retired = true;
    if (this.pending.size === 0) this.close();
  }

  private feed(chunk: Uint8Array): void {
    if (this.ended !== null) return;
    try {
      if (!this.reader.push(chunk)) throw new Error(msg.notThisProtocol());
    } catch (e) {
      this.end(e instanceof Error ? e : new Error(msg.notThisProtocol(), { cause: e }));
    }
  }

  private receive(type: number, pid: number, body: Uint8Array): void {
    // A handler of an earlier package of this chunk may have closed it.
    if (this.ended !== null) return;
    if (type < PACKET.pong) {
      this.onEvent(type, unpackPlain(body));
      return;
    }
    const reply = this.pending.get(pid);
    if (reply === undefined) return;
    this.pending.delete(pid);
    if (type === PACKET.error) reply.failed(readError(body));
    else reply.answered(body);
    if (this.retired && this.pending.size === 0) this.close();
  }

  private end(reason: Error): void {
    if (this.ended !== null) return;
    this.ended = reason;
    this.reader.broken = true;
    this.transport.close();
    const replies = [...this.pending.values()];
    this.pending.clear();
    for (const { failed } of replies) failed(reason);
    this.onClose(reason);
  }
}

export function unpackAnswer(body: Uint8Array): Plain {
  return body.length === 0 ? null : unpackPlain(body);
}

function readError(body: Uint8Array): RemoteError {
  const r = new Reader(body);
  let code = 0;
  let message = '';
  let hint = '';
  let pos = -1;
  let source = '';
  let done = false;
  for (let n = r.map(); n > 0; n--) {
    switch (r.str()) {
      case 'error_code': code = r.safeInt(); break;
      case 'error_msg': message = r.str(); break;
      case 'hint': hint = r.str(); break;
      case 'pos': pos = r.safeInt(); break;
      case 'source': source = r.str(); break;
      case 'done': done = r.bool(); break;
      default: r.skip();
    }
  }
  return new RemoteError(code, message, hint, pos, source, done);
}
