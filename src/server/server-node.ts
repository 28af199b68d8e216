/** The process of a server as the functions of `@node` show and steer it. */
import type { Config } from '../config/config.ts';
import type { Log } from '../config/log.ts';
import type { Cluster, LogLevel, NodeFacts } from '../host.ts';
import { PlainNode } from '../system/node.ts';
import { NODE_STATUS, type Backend, type NodeStatus } from './backend.ts';
import type { Clients, Transports } from './clients.ts';
import type { JoinCounts } from './rooms.ts';

/** A backend that knows how many have joined rooms. */
type CountingBackend = Backend & { readonly joins: Readonly<Pick<JoinCounts, 'rooms' | 'joins'>> };

export class ServerNode extends PlainNode {
  /** Set once the server listens; before that the node is still being built. */
  private serving: { readonly backend: CountingBackend; readonly clients: Clients } | null = null;
  /** The cluster that it is part of; null for a node of its own. */
  inCluster: Cluster | null = null;
  private readonly log: Log;
  private readonly stop: () => void;

  /** `stop` ends the process in good order. */
  constructor(now: () => number, clock: () => number, facts: Partial<NodeFacts>, log: Log, stop: () => void) {
    super(now, clock, facts);
    this.log = log;
    this.stop = stop;
  }

  override get cluster(): Cluster | null {
    return this.inCluster;
  }

  /** The server listens. */
  serve(backend: CountingBackend, clients: Clients): void {
    this.serving = { backend, clients };
  }

  override get status(): NodeStatus {
    return this.serving?.backend.status ?? NODE_STATUS.building;
  }

  override get connections(): number {
    return this.serving?.clients.size ?? 0;
  }

  get transports(): Readonly<Transports> {
    return this.serving?.clients.transports ?? NO_TRANSPORTS;
  }

  /** Rooms that somebody has joined, and joins of all clients together. */
  get joins(): Pick<JoinCounts, 'rooms' | 'joins'> {
    return this.serving?.backend.joins ?? NO_JOINS;
  }

  override get logLevel(): LogLevel {
    return this.log.level;
  }

  override set logLevel(level: LogLevel) {
    this.log.level = level;
  }

  override shutdown(): void {
    this.stop();
  }
}

const NO_TRANSPORTS: Transports = { tcp: 0, websocket: 0, pipe: 0 };
const NO_JOINS = { rooms: 0, joins: 0 };

/** What stays as it is while the server runs. */
export function factsOf(config: Config, version: string): Partial<NodeFacts> {
  return {
    version,
    nodeName: config.node_name,
    clientPort: config.listen_client_port,
    nodePort: config.listen_node_port,
    httpStatusPort: config.http_status_port,
    httpApiPort: config.http_api_port,
    ipSupport: config.ip_support,
    zone: config.zone,
    storagePath: config.storage_path,
    modulesPath: config.modules_path,
    pythonInterpreter: config.python_interpreter,
    platform: process.platform,
    // As module programs are named for it.
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    versions: { libuv: process.versions.uv },
  };
}
