/**
 * One connection to a server that speaks ThingsDB's protocol, over WebSocket or TCP: requests out, each with an
 * id, and answers in, in whatever order they come.
 */
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { WebSocket } from 'ws';
import { EVENT_PID, HEADER_BYTES, PACKET, PacketReader, writeHeader } from '../wire/packet.ts';
import { Reader } from '../wire/msgpack.ts';
import { unpackPlain, type Plain } from '../wire/plain.ts';

/** An error package as it came. */
export class RemoteError {
  readonly code: number;
  readonly message: string;
  readonly hint: string;
  readonly pos: number;
  readonly source: string;
  constructor(code: number, message: string, hint: string, pos: number, source: string) {
    this.code = code;
    this.message = message;
    this.hint = hint;
    this.pos = pos;
    this.source = source;
  }
}

interface Pending {
  readonly resolve: (body: Uint8Array) => void;
  readonly reject: (reason: unknown) => void;
}

/** What carries packages: one socket of either kind. */
interface Pipe {
  send(packet: Uint8Array): void;
  close(): void;
}

/** Request ids are u16; 65535 marks what the server sends by itself. */
const PIDS = EVENT_PID;

export class Connection {
  /** Packages that answer no request: events of rooms, warnings, the node's status. */
  onEvent: (type: number, body: Plain) => void = () => {};
  onClose: (reason: Error) => void = () => {};
  private pipe: Pipe | null = null;
  private pid = 0;
  private readonly pending = new Map<number, Pending>();
  private ended: Error | null = null;

  /** Connects to `ws://host:port`, `wss://…`, `tcp://…`, `tls://…` or `pipe:/path`. */
  static async open(url: string): Promise<Connection> {
    const connection = new Connection();
    const { protocol, hostname, port, pathname } = new URL(url);
    const host = hostname.replace(/^\[|\]$/g, '');
    switch (protocol) {
      case 'ws:':
      case 'wss:':
        await connection.overWebSocket(url);
        break;
      case 'tcp:':
        await connection.overSocket(connectTcp({ host, port: Number(port || 9200) }), 'connect');
        break;
      case 'tls:':
        await connection.overSocket(connectTls({ host, port: Number(port || 9200), servername: host }), 'secureConnect');
        break;
      case 'pipe:':
        await connection.overSocket(connectTcp({ path: pathname }), 'connect');
        break;
      default:
        throw new Error(`cannot connect to ${url}: the address starts with ws:, wss:, tcp:, tls: or pipe:`);
    }
    return connection;
  }

  private overWebSocket(url: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url, { maxPayload: 2 ** 30 });
      const reader = this.reader();
      socket.binaryType = 'nodebuffer';
      socket.on('open', () => {
        this.pipe = { send: packet => socket.send(packet), close: () => socket.close() };
        resolve();
      });
      socket.on('message', data => this.feed(reader, data as Buffer));
      socket.on('error', error => {
        reject(error);
        this.end(error);
      });
      socket.on('close', () => this.end(new Error('the connection is closed')));
    });
  }

  private overSocket(socket: Socket, ready: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const reader = this.reader();
      socket.setNoDelay(true);
      socket.on(ready, () => {
        this.pipe = { send: packet => socket.write(packet), close: () => socket.end() };
        resolve();
      });
      socket.on('data', chunk => this.feed(reader, chunk));
      socket.on('error', error => {
        reject(error);
        this.end(error);
      });
      socket.on('close', () => this.end(new Error('the connection is closed')));
    });
  }

  private reader(): PacketReader {
    return new PacketReader((type, pid, bytes, from, to) => this.receive(type, pid, bytes.subarray(from, to)));
  }

  private feed(reader: PacketReader, chunk: Uint8Array): void {
    if (reader.push(chunk)) return;
    this.pipe?.close();
    this.end(new Error('what the server sends is no package of ThingsDB'));
  }

  /** Sends a request; gives the answer as a plain value. */
  async request(type: number, body: Uint8Array): Promise<Plain> {
    const answer = await this.requestBytes(type, body);
    return answer.length === 0 ? null : unpackPlain(answer);
  }

  /** Sends a request; gives the answer as it came. */
  requestBytes(type: number, body: Uint8Array): Promise<Uint8Array> {
    if (this.ended !== null) return Promise.reject(this.ended);
    do this.pid = (this.pid + 1) % PIDS;
    while (this.pending.has(this.pid));
    const { pid } = this;
    const packet = new Uint8Array(HEADER_BYTES + body.length);
    writeHeader(packet, 0, body.length, pid, type);
    packet.set(body, HEADER_BYTES);
    return new Promise((resolve, reject) => {
      this.pending.set(pid, { resolve, reject });
      this.pipe!.send(packet);
    });
  }

  private receive(type: number, pid: number, body: Uint8Array): void {
    if (type < PACKET.pong) {
      this.onEvent(type, unpackPlain(body));
      return;
    }
    const pending = this.pending.get(pid);
    if (pending === undefined) return;
    this.pending.delete(pid);
    if (type === PACKET.error) pending.reject(readError(body));
    else pending.resolve(body.slice()); // the buffer is only good until this call returns
  }

  close(): void {
    this.pipe?.close();
    this.end(new Error('the connection is closed'));
  }

  private end(reason: Error): void {
    if (this.ended !== null) return;
    this.ended = reason;
    for (const { reject } of this.pending.values()) reject(reason);
    this.pending.clear();
    this.onClose(reason);
  }
}

function readError(body: Uint8Array): RemoteError {
  const r = new Reader(body);
  let code = 0;
  let message = '';
  let hint = '';
  let pos = -1;
  let source = '';
  for (let n = r.map(); n > 0; n--) {
    switch (r.str()) {
      case 'error_code': code = r.safeInt(); break;
      case 'error_msg': message = r.str(); break;
      case 'hint': hint = r.str(); break;
      case 'pos': pos = r.safeInt(); break;
      case 'source': source = r.str(); break;
      default: r.skip();
    }
  }
  return new RemoteError(code, message, hint, pos, source);
}
