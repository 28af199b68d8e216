/**
 * A load client for any server that speaks the protocol, over TCP or WebSocket. It packs its requests ahead and only
 * looks at the headers of answers, so that what is measured is the server. Each request is a write of its own, as other clients
 * make it; `pipelined`, those that became due together leave in one, and hardly anything but the server's work is left.
 */
import { connect } from 'node:net';
import { WebSocket } from 'ws';

const AUTH = 33;
const QUERY = 34;
const RUN = 37;
const PING = 32;
const JOIN = 38;
const NIL = 0xc0;
const STR8 = 0xd9;
/** Types from here on are answers; those before it, events. */
const ANSWERS = 16;
const ERROR = 19;

/** MessagePack of what requests consist of: arrays, strs, small ints and maps. */
export function pack(value) {
  if (typeof value === 'string') {
    const text = Buffer.from(value);
    const head = Buffer.alloc(5);
    head[0] = 0xdb;
    head.writeUInt32BE(text.length, 1);
    return Buffer.concat([head, text]);
  }
  if (typeof value === 'number') {
    const out = Buffer.alloc(9);
    out[0] = 0xd3;
    out.writeBigInt64BE(BigInt(value), 1);
    return out;
  }
  if (Array.isArray(value)) return Buffer.concat([Buffer.from([0x90 | value.length]), ...value.map(pack)]);
  return Buffer.concat([Buffer.from([0x80 | Object.keys(value).length]), ...Object.entries(value).flat().map(pack)]);
}

export function packet(pid, type, body) {
  const out = Buffer.alloc(8 + body.length);
  out.writeUInt32LE(body.length, 0);
  out.writeUInt16LE(pid, 4);
  out[6] = type;
  out[7] = type ^ 255;
  body.copy(out, 8);
  return out;
}

export class LoadClient {
  /**
   * @param {string} url `ws://host:port` or `tcp://host:port`
   * @param {string | [string, string]} login a token, or name and password
   */
  static async open(url, login = ['admin', 'pass'], pipelined = false) {
    const client = new LoadClient(pipelined);
    const { protocol, hostname, port } = new URL(url);
    if (protocol === 'tcp:') {
      const socket = connect({ host: hostname, port: Number(port) });
      socket.setNoDelay(true);
      await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
      socket.on('data', chunk => client.feed(chunk));
      client.write = data => socket.write(data);
      client.socket = socket;
      client.close = () => socket.destroy();
    } else {
      const socket = new WebSocket(url, { perMessageDeflate: false });
      await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
      socket.on('message', data => client.feed(data));
      client.write = data => socket.send(data);
      client.socket = socket._socket;
      client.close = () => socket.terminate();
    }
    await client.one(packet(0, AUTH, pack(login)));
    return client;
  }

  constructor(pipelined) {
    this.pipelined = pipelined;
    this.rest = null;
    this.answered = () => {};
    /** Told of each event. */
    this.heard = () => {};
  }

  feed(chunk) {
    this.together(() => this.take(chunk));
  }

  together(run) {
    if (this.pipelined) this.socket.cork();
    run();
    if (this.pipelined) this.socket.uncork();
  }

  take(chunk) {
    let data = this.rest === null ? chunk : Buffer.concat([this.rest, chunk]);
    let at = 0;
    while (data.length - at >= 8) {
      const length = data.readUInt32LE(at);
      if (data.length - at < 8 + length) break;
      const type = data[at + 6];
      if (type === ERROR) this.failed = data.toString('latin1', at + 8, at + 8 + length);
      if (type >= ANSWERS) this.body = data.subarray(at + 8, at + 8 + length);
      at += 8 + length;
      if (type >= ANSWERS) this.answered();
      else this.heard();
    }
    this.rest = at === data.length ? null : data.subarray(at);
  }

  one(request) {
    return new Promise((resolve, reject) => {
      this.failed = undefined;
      this.answered = () => (this.failed === undefined ? resolve() : reject(new Error(this.failed)));
      this.write(request);
    });
  }

  query(scope, code, vars) {
    return this.one(packet(1, QUERY, pack(vars === undefined ? [scope, code] : [scope, code, vars])));
  }

  /** The answer to a query that is a positive int, of not more than 32 bits. */
  async int(scope, code) {
    await this.query(scope, code);
    const { body } = this;
    return body.length === 1 ? body[0] : body.readUIntBE(1, body.length - 1);
  }

  /** The answer to a query that is a str of less than 256 characters, all ASCII. */
  async str(scope, code) {
    await this.query(scope, code);
    return this.body.toString('latin1', this.body[0] === STR8 ? 2 : 1);
  }

  async join(scope, room) {
    await this.one(packet(1, JOIN, pack([scope, room])));
    if (this.body.at(-1) === NIL) throw new Error(`there is no room ${room}`);
  }

  /** Sends `requests` in turn, `inFlight` at a time, for `milliseconds`; gives answers per second. */
  load(requests, inFlight, milliseconds) {
    return new Promise((resolve, reject) => {
      let next = 0;
      let done = 0;
      let open = 0;
      const started = performance.now();
      const end = started + milliseconds;
      let last = started;
      this.failed = undefined;
      this.sent = 0;
      const send = () => {
        this.write(requests[next++ % requests.length]);
        open++;
        this.sent++;
      };
      this.answered = () => {
        if (this.failed !== undefined) return reject(new Error(this.failed));
        done++;
        open--;
        if ((done & 15) === 0 || open === 0) last = performance.now();
        if (last < end) send();
        else if (open === 0) resolve(done / ((last - started) / 1000));
      };
      this.together(() => {
        for (let i = 0; i < inFlight; i++) send();
      });
    });
  }
}

/** A request for a query, with variables by name. */
export const queryPacket = (code, scope = '//stuff', vars = null) => packet(7, QUERY, pack(vars === null ? [scope, code] : [scope, code, vars]));
/** A request for a procedure. */
export const runPacket = (procedure, args, scope = '//stuff') => packet(7, RUN, pack([scope, procedure, args]));
/** A request that asks for no more than an answer. */
export const pingPacket = packet(7, PING, Buffer.alloc(0));

/** Loads a server over several connections, `inFlight` at a time in all; gives answers per second. */
export async function loadOver(clients, requests, inFlight, milliseconds) {
  const rates = await Promise.all(clients.map(client => client.load(requests, inFlight / clients.length, milliseconds)));
  return rates.reduce((sum, rate) => sum + rate, 0);
}

/** Loads a server with emits; gives those per second that all listeners have heard. */
export async function loadWithEmits(client, listeners, requests, inFlight, milliseconds) {
  let heard = 0;
  let sent = 0;
  let told = () => {};
  for (const listener of listeners) {
    listener.heard = () => {
      if (++heard === sent * listeners.length) told();
    };
  }
  const started = performance.now();
  const rate = await client.load(requests, inFlight, milliseconds);
  sent = client.sent;
  if (heard < sent * listeners.length) await new Promise(resolve => (told = resolve));
  for (const listener of listeners) listener.heard = () => {};
  return Math.min(rate, sent / ((performance.now() - started) / 1000));
}
