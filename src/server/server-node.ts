/** The process of a server as the functions of `@node` show and steer it. */
import type { Config } from '../config/config.ts';
import type { Log } from '../config/log.ts';
import type { LogLevel, NodeFacts } from '../host.ts';
import { PlainNode } from '../system/node.ts';
import { NODE_STATUS } from './backend.ts';
import type { Clients } from './clients.ts';

export class ServerNode extends PlainNode {
  /** Set once the server listens; before that the node is still being built. */
  clients: Clients | null = null;
  private readonly log: Log;
  private readonly stop: () => void;

  /** `stop` ends the process in good order. */
  constructor(now: () => number, clock: () => number, facts: Partial<NodeFacts>, log: Log, stop: () => void) {
    super(now, clock, facts);
    this.log = log;
    this.stop = stop;
  }

  override get status(): string {
    return this.clients?.backend.status ?? NODE_STATUS.building;
  }

  override get connections(): number {
    return this.clients?.size ?? 0;
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
    architecture: process.arch,
  };
}
