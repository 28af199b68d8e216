/**
 * The node port: how nodes of a cluster reach each other by TCP, in the packages that clients know, with types of
 * their own.
 *
 * Who connects says HELLO with its purpose and a random number; both sides then prove with another random number that
 * they have the same key (HMAC-SHA-256), the other side first, before anything else is listened to. Between nodes the
 * key is that of the cluster; to invite a node it is its secret. Neither ever travels. What follows is not encrypted.
 *
 * A connection is opened when it is needed, kept, and dropped when nothing was heard of the other side for a while,
 * though it was pinged: then all that waits for answers fails.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { cluster as msg } from '../errors/messages/cluster.ts';
import { LOG_LEVEL, type LogLevel } from '../host.ts';
import { Reader, Writer } from '../wire/msgpack.ts';
import { BODY_MAX, PacketReader, PacketWriter } from '../wire/packet.ts';
import { CLOCK, pause } from './clock.ts';
import type { Network, NetworkListener } from './network.ts';

const TYPE = { hello: 1, challenge: 2, proof: 3, welcome: 4, ask: 5, answer: 6, failed: 7, ping: 8, pong: 9 } as const;
const VERSION = 2;
const NONCE_BYTES = 16;
const HELLO_MAX = 1024;
/** Connections that have not proved themselves yet. */
const STRANGERS_MAX = 64;
const HANDSHAKE_MS = 3_000;
const PING_MS = 1_000;
const SILENCE_MS = 3_500;
/** Between two tries to reach a node that is watched. */
const WATCH_AGAIN_MS = 250;
const PIDS = 0xffff;

export type Purpose = 'peer' | 'invite';

/** A port that nodes are reached at. */
export interface NodeAddress {
  readonly host: string;
  readonly port: number;
}

export interface NodePortOptions {
  /** The key that a connection of that purpose must prove; null: none is taken. */
  keyFor(purpose: Purpose, cluster: string): string | null;
  /** Takes an invitation. */
  invited(invitation: Invitation): void;
  log(level: LogLevel, text: string): void;
}

/** What an invited node is told. */
export interface Invitation {
  readonly cluster: string;
  readonly node: number;
  readonly uid: string;
  /** Where the others find it. */
  readonly address: string;
}

/** Who this node is, once it is in a cluster. */
export interface NodeIdentity {
  readonly cluster: string;
  readonly node: number;
  readonly key: string;
  addressOf(node: number): NodeAddress | null;
}

export class NodePort implements Network {
  identity: NodeIdentity | null = null;
  private readonly options: NodePortOptions;
  private readonly links = new Map<number, Promise<Link>>();
  private readonly open = new Set<Link>();
  private server: Server | null = null;
  private listener: NetworkListener | null = null;
  private strangers = 0;

  constructor(options: NodePortOptions) {
    this.options = options;
  }

  /** Opens the port; answers its number. */
  listenAt(address: NodeAddress, ipv6Only: boolean): Promise<number> {
    const server = createServer(socket => this.accept(socket));
    this.server = server;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ ...address, ipv6Only }, () => {
        server.off('error', reject);
        resolve((server.address() as { readonly port: number }).port);
      });
    });
  }

  listen(listener: NetworkListener): void {
    this.listener = listener;
  }

  async call(node: number, body: Uint8Array): Promise<Uint8Array> {
    return (await this.linkTo(node)).ask(body);
  }

  watch(node: number, gone: () => void): () => void {
    let over = false;
    const keep = async (): Promise<void> => {
      // A port that was refused from the first may be a firewall's doing, or not be open yet.
      for (let stood = false; !over;) {
        try {
          const link = await this.linkTo(node);
          stood = true;
          await link.ended;
        } catch (e) {
          if (over) return;
          if (stood && (e as NodeJS.ErrnoException).code === 'ECONNREFUSED') return gone();
          await pause(CLOCK, WATCH_AGAIN_MS);
        }
      }
    };
    void keep();
    return () => void (over = true);
  }

  /** The connection to a node, opened when there is none. */
  private async linkTo(node: number): Promise<Link> {
    const { identity } = this;
    const address = identity?.addressOf(node) ?? null;
    if (identity === null || address === null) throw new Error(msg.broken());
    let link = this.links.get(node);
    if (link === undefined) {
      link = this.dial(address, { purpose: 'peer', cluster: identity.cluster, node: identity.node, key: identity.key });
      this.links.set(node, link);
      const forget = (): void => void (this.links.get(node) === link && this.links.delete(node));
      link.then(opened => opened.ended.then(forget), forget);
    }
    return link;
  }

  /** Tells a node that waits for an invitation where it belongs. Throws when it cannot be reached, or has another secret. */
  async invite(address: NodeAddress, key: string, invitation: Invitation): Promise<void> {
    const link = await this.dial(address, { purpose: 'invite', cluster: invitation.cluster, node: invitation.node, key });
    try {
      await link.ask(Buffer.from(JSON.stringify(invitation)));
    } finally {
      link.end();
    }
  }

  async close(): Promise<void> {
    const { server } = this;
    const closed = server === null ? Promise.resolve() : new Promise<void>(resolve => void server.close(() => resolve()));
    for (const link of this.open) link.end();
    await closed;
  }

  private async dial({ host, port }: NodeAddress, hello: { purpose: Purpose; cluster: string; node: number; key: string }): Promise<Link> {
    const link = this.begin(connect({ host, port }));
    try {
      const mine = randomBytes(NONCE_BYTES);
      link.send(TYPE.hello, 0, packHello({ ...hello, nonce: mine }));
      const challenge = new Reader(await link.next(TYPE.challenge));
      challenge.array();
      const theirs = challenge.bin();
      if (!sameBytes(challenge.bin(), proof(hello.key, 'accepts', mine, theirs))) throw new Error(msg.wrongKey());
      link.send(TYPE.proof, 0, proof(hello.key, 'connects', mine, theirs));
      await link.next(TYPE.welcome);
      link.trusted();
      return link;
    } catch (e) {
      link.end();
      throw e;
    }
  }

  private accept(socket: Socket): void {
    if (this.strangers >= STRANGERS_MAX) return void socket.destroy();
    this.strangers++;
    const link = this.begin(socket);
    this.welcome(link)
      .catch((e: unknown) => {
        this.options.log(LOG_LEVEL.warning, `node connection from ${String(socket.remoteAddress)} refused: ${(e as Error).message}`);
        link.end();
      })
      .finally(() => this.strangers--);
  }

  private async welcome(link: Link): Promise<void> {
    const hello = readHello(await link.next(TYPE.hello));
    const key = this.options.keyFor(hello.purpose, hello.cluster);
    if (key === null) throw new Error(msg.notExpected(hello.purpose));
    const mine = randomBytes(NONCE_BYTES);
    const challenge = new Writer(128);
    challenge.array(2);
    challenge.bin(mine);
    challenge.bin(proof(key, 'accepts', hello.nonce, mine));
    link.send(TYPE.challenge, 0, challenge.detach(0));
    if (!sameBytes(await link.next(TYPE.proof), proof(key, 'connects', hello.nonce, mine))) throw new Error(msg.wrongKey());
    link.asked = async body => {
      if (hello.purpose === 'peer') {
        if (this.listener === null) throw new Error(msg.broken());
        return this.listener.asked(hello.node, body);
      }
      this.options.invited(JSON.parse(Buffer.from(body).toString()) as Invitation);
      return new Uint8Array(0);
    };
    link.trusted();
    link.send(TYPE.welcome, 0, new Uint8Array(0));
  }

  private begin(socket: Socket): Link {
    const link = new Link(socket);
    this.open.add(link);
    void link.ended.then(() => this.open.delete(link));
    return link;
  }
}

/** A connection between two nodes. */
class Link {
  /** Answers what the other side asks; null: it may not ask. */
  asked: ((body: Uint8Array) => Promise<Uint8Array>) | null = null;
  readonly ended: Promise<void>;
  private readonly socket: Socket;
  private readonly out = new Writer(1024);
  private readonly packets = new PacketWriter(this.out, false);
  private readonly reader: PacketReader;
  private readonly waiting = new Map<number, { resolve(body: Uint8Array): void; reject(error: Error): void }>();
  /** A package of the handshake that is waited for. */
  private expected: { readonly type: number; resolve(body: Uint8Array): void; reject(error: Error): void } | null = null;
  private readonly early: { readonly type: number; readonly body: Uint8Array }[] = [];
  private pid = 0;
  private heardAt = performance.now();
  private readonly handshake: NodeJS.Timeout;
  private ping: NodeJS.Timeout | null = null;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    this.reader = new PacketReader({ packet: (type, pid, bytes, from, to) => this.packet(type, pid, bytes.slice(from, to)) }, HELLO_MAX);
    this.handshake = setTimeout(() => this.end(), HANDSHAKE_MS).unref();
    socket.on('data', (chunk: Buffer) => {
      this.heardAt = performance.now();
      if (!this.reader.push(chunk)) this.end();
    });
    let error = new Error(msg.broken());
    socket.on('error', (why: Error) => (error = why));
    this.ended = new Promise(resolve => socket.once('close', () => {
      clearTimeout(this.handshake);
      if (this.ping !== null) clearInterval(this.ping);
      this.expected?.reject(error);
      for (const { reject } of this.waiting.values()) reject(error);
      resolve();
    }));
  }

  /** The handshake is over. */
  trusted(): void {
    clearTimeout(this.handshake);
    this.reader.maxBody = BODY_MAX;
    this.ping = setInterval(() => {
      if (performance.now() - this.heardAt > SILENCE_MS) this.end();
      else this.send(TYPE.ping, 0, new Uint8Array(0));
    }, PING_MS).unref();
  }

  send(type: number, pid: number, body: Uint8Array): void {
    if (this.socket.destroyed) return;
    this.packets.whole(body, pid, type);
    this.socket.write(this.out.detach());
  }

  ask(body: Uint8Array): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      if (this.socket.destroyed || this.waiting.size >= PIDS) return reject(new Error(msg.broken()));
      do this.pid = (this.pid + 1) % PIDS; while (this.waiting.has(this.pid));
      this.waiting.set(this.pid, { resolve, reject });
      this.send(TYPE.ask, this.pid, body);
    });
  }

  /** The next package of the handshake. */
  next(type: number): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      if (this.socket.destroyed) return reject(new Error(msg.broken()));
      const [early] = this.early.splice(0);
      if (early === undefined) this.expected = { type, resolve, reject };
      else if (early.type === type) resolve(early.body);
      else reject(new Error(msg.broken()));
    });
  }

  end(): void {
    this.socket.destroy();
  }

  private packet(type: number, pid: number, body: Uint8Array): void {
    switch (type) {
      case TYPE.ping:
        return this.send(TYPE.pong, 0, new Uint8Array(0));
      case TYPE.pong:
        return;
      case TYPE.ask:
        return void this.answer(pid, body);
      case TYPE.answer:
      case TYPE.failed: {
        const waiting = this.waiting.get(pid);
        this.waiting.delete(pid);
        if (type === TYPE.answer) waiting?.resolve(body);
        else waiting?.reject(new Error(msg.broken()));
        return;
      }
      default: {
        const { expected } = this;
        this.expected = null;
        if (expected === null) this.early.push({ type, body });
        else if (expected.type === type) expected.resolve(body);
        else expected.reject(new Error(msg.broken()));
        if (this.early.length > 1) this.end();
      }
    }
  }

  private async answer(pid: number, body: Uint8Array): Promise<void> {
    if (this.asked === null) return this.end();
    try {
      this.send(TYPE.answer, pid, await this.asked(body));
    } catch {
      this.send(TYPE.failed, pid, new Uint8Array(0));
    }
  }
}

interface Hello {
  readonly purpose: Purpose;
  readonly cluster: string;
  readonly node: number;
  readonly nonce: Uint8Array;
}

function packHello({ purpose, cluster, node, nonce }: Hello): Uint8Array {
  const out = new Writer(128);
  out.array(5);
  out.int(VERSION);
  out.str(purpose);
  out.str(cluster);
  out.int(node);
  out.bin(nonce);
  return out.detach(0);
}

function readHello(body: Uint8Array): Hello {
  const from = new Reader(body);
  if (from.array() !== 5 || from.safeInt() !== VERSION) throw new Error(msg.version());
  return { purpose: from.str() as Purpose, cluster: from.str(), node: from.safeInt(), nonce: from.bin() };
}

function proof(key: string, who: 'accepts' | 'connects', a: Uint8Array, b: Uint8Array): Uint8Array {
  return createHmac('sha256', key).update(who).update(a).update(b).digest();
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
