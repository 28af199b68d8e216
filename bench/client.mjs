/**
 * A load client for any server that speaks the protocol, over TCP or WebSocket. It packs its requests ahead and only
 * looks at the headers of answers, so that what is measured is the server.
 */
import { connect } from 'node:net';
import { WebSocket } from 'ws';

const AUTH = 33;
const QUERY = 34;
const RUN = 37;
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
  /** @param {string} url `ws://host:port` or `tcp://host:port` */
  static async open(url) {
    const client = new LoadClient();
    const { protocol, hostname, port } = new URL(url);
    if (protocol === 'tcp:') {
      const socket = connect({ host: hostname, port: Number(port) });
      socket.setNoDelay(true);
      await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
      socket.on('data', chunk => client.feed(chunk));
      client.write = data => socket.write(data);
      client.flush = () => {};
      client.close = () => socket.destroy();
    } else {
      const socket = new WebSocket(url, { perMessageDeflate: false });
      await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
      socket.on('message', data => client.feed(data));
      client.write = data => socket.send(data);
      client.close = () => socket.terminate();
    }
    await client.one(packet(0, AUTH, pack(['admin', 'pass'])));
    return client;
  }

  constructor() {
    this.rest = null;
    this.answered = () => {};
  }

  feed(chunk) {
    let data = this.rest === null ? chunk : Buffer.concat([this.rest, chunk]);
    let at = 0;
    while (data.length - at >= 8) {
      const length = data.readUInt32LE(at);
      if (data.length - at < 8 + length) break;
      const type = data[at + 6];
      if (type === ERROR) this.failed = data.toString('latin1', at + 8, at + 8 + length);
      at += 8 + length;
      if (type >= 16) this.answered();
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
      const send = () => {
        this.write(requests[next++ % requests.length]);
        open++;
      };
      this.answered = () => {
        if (this.failed !== undefined) return reject(new Error(this.failed));
        done++;
        open--;
        if ((done & 15) === 0 || open === 0) last = performance.now();
        if (last < end) send();
        else if (open === 0) resolve(done / ((last - started) / 1000));
      };
      for (let i = 0; i < inFlight; i++) send();
    });
  }
}

/** A request for a query, with variables by name. */
export const queryPacket = (code, scope = '//stuff', vars = null) => packet(7, QUERY, pack(vars === null ? [scope, code] : [scope, code, vars]));
/** A request for a procedure. */
export const runPacket = (procedure, args, scope = '//stuff') => packet(7, RUN, pack([scope, procedure, args]));
