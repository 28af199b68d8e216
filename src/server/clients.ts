/**
 * All connections of a server: opens a session for each new socket, and reaches those that are logged in
 * when the node's status changes.
 */
import { availableParallelism } from 'node:os';
import { LOG_LEVEL } from '../host.ts';
import { monotonic } from '../node/host.ts';
import { Writer } from '../wire/msgpack.ts';
import { PACKET } from '../wire/packet.ts';
import type { Backend, NodeStatus } from './backend.ts';
import { BUSY_POLL_US, BusyPoll } from './busy-poll.ts';
import { DEFAULT_SESSION_OPTIONS, Session, Shared, type SessionOptions, type Transport } from './session.ts';

export interface ClientsOptions extends SessionOptions {
  /** Connections at one time, over all ports. */
  readonly maxConnections: number;
  /** Microseconds to wait awake for the next request; see {@link BusyPoll}. Where there is one processor only, it is never done. */
  readonly busyPollUs: number;
  /** The clock by which requests take long: milliseconds since any moment. */
  readonly now: () => number;
}

/** How many connections there are of each kind. */
export type Transports = Record<TransportKind, number>;
export type TransportKind = 'tcp' | 'websocket' | 'pipe';

/** Milliseconds between two looks at whether clients are there still. */
const GONE_LOOK_MS = 50;

export class Clients {
  readonly backend: Backend;
  readonly options: ClientsOptions;
  readonly busyPoll: BusyPoll;
  private readonly shared: Shared;
  private readonly sessions = new Map<Session, TransportKind>();
  readonly transports: Transports = { tcp: 0, websocket: 0, pipe: 0 };

  constructor(backend: Backend, options: Partial<ClientsOptions> = {}) {
    this.backend = backend;
    this.options = { ...DEFAULT_SESSION_OPTIONS, maxConnections: 20_000, busyPollUs: BUSY_POLL_US, now: monotonic, ...options };
    // Alone on its processor a client could not ask meanwhile.
    const awakeMs = availableParallelism() > 1 ? this.options.busyPollUs / 1_000 : 0;
    this.busyPoll = new BusyPoll({ awakeMs, now: monotonic, again: setImmediate });
    this.shared = new Shared(() => this.busyPoll.sent(), this.options.now);
  }

  /** Number of connections. */
  get size(): number {
    return this.sessions.size;
  }

  /** A session for a new connection; null when there are too many. */
  open(transport: Transport, kind: TransportKind): Session | null {
    if (this.sessions.size >= this.options.maxConnections) {
      this.options.log(LOG_LEVEL.warning, `too many connections; refusing \`${transport.name}\``);
      return null;
    }
    const session = new Session(this.backend, transport, this.shared, kind === 'websocket', this.options, this.over);
    this.sessions.set(session, kind);
    this.transports[kind]++;
    return session;
  }

  private readonly over = (session: Session): void => {
    this.transports[this.sessions.get(session)!]--;
    this.sessions.delete(session);
  };

  /** Tells all who are logged in about a node's status. */
  nodeStatus(id: number, status: NodeStatus): void {
    const out = new Writer(64);
    out.map(2);
    out.str('id');
    out.int(id);
    out.str('status');
    out.str(status);
    const body = out.detach(0);
    for (const session of this.sessions.keys()) if (session.loggedIn) session.send(PACKET.nodeStatus, body);
  }

  /** Resolves when no client is connected any more, or after so many milliseconds. */
  async gone(milliseconds: number): Promise<void> {
    const end = performance.now() + milliseconds;
    while (this.size > 0 && performance.now() < end) await new Promise(resolve => setTimeout(resolve, GONE_LOOK_MS));
  }

  /** Ends all connections. */
  close(): void {
    for (const session of [...this.sessions.keys()]) session.end();
  }
}
