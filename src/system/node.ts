/** A node without a server around it: what a library, an example or a test needs of {@link Node}. */
import { assert } from '../errors/assert.ts';
import { badDataErr } from '../errors/query-error.ts';
import { restore as restoreMsg } from '../errors/messages/admin.ts';
import type { Cluster, LogLevel, Modules, Node, NodeFacts } from '../host.ts';
import { LOG_LEVEL } from '../host.ts';
import { Backups } from './backups.ts';
import { Counters } from './counters.ts';

const FACTS: NodeFacts = {
  version: '0.0.0',
  versions: {},
  nodeName: 'thingscope',
  clientPort: 0,
  nodePort: 0,
  httpStatusPort: 0,
  httpApiPort: 0,
  ipSupport: 'ALL',
  zone: 0,
  storagePath: '',
  modulesPath: '',
  pythonInterpreter: 'python',
  platform: '',
  architecture: '',
};

/** Modules are known by name, but none runs. */
const NO_MODULES: Modules = {
  state: () => null,
  restart: () => {},
  call: () => assert(false, 'a module that is called has a state'),
};

export class PlainNode implements Node {
  readonly facts: NodeFacts;
  readonly counters: Counters;
  readonly backups: Backups;
  modules: Modules;
  private level: LogLevel;
  cachedQueries: number;
  storedChangeId: number;
  archivedInMemory: number;
  archiveFiles: number;
  readonly changesInQueue: number;
  private readonly clock: () => number;
  private readonly startedAt: number;

  /** `now` gives UNIX seconds, `clock` milliseconds that never go back. */
  constructor(now: () => number, clock: () => number, facts: Partial<NodeFacts> = {}) {
    this.facts = { ...FACTS, ...facts };
    this.counters = new Counters(now());
    this.backups = new Backups();
    this.modules = NO_MODULES;
    this.level = LOG_LEVEL.warning;
    this.cachedQueries = 0;
    this.storedChangeId = 0;
    this.archivedInMemory = 0;
    this.archiveFiles = 0;
    this.changesInQueue = 0;
    this.clock = clock;
    this.startedAt = clock();
  }

  get status(): string {
    return 'READY';
  }

  get logLevel(): LogLevel {
    return this.level;
  }

  set logLevel(level: LogLevel) {
    this.level = level;
  }

  /** Whoever uses the engine directly. */
  get connections(): number {
    return 1;
  }

  uptime(): number {
    return (this.clock() - this.startedAt) / 1000;
  }

  get cluster(): Cluster | null {
    return null;
  }

  /** Set by whoever can read files. */
  restore: Node['restore'] = ({ file }) => {
    throw badDataErr(restoreMsg.noFile(file));
  };

  shutdown(): void {}
}
