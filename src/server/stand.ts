/** What stands behind the edges of a server: an engine with a store of its own, or one that is part of a cluster. */
import { readFileSync } from 'node:fs';
import { clusterKeeper, restorer } from '../backup/restore.ts';
import type { ClusterBackend } from '../cluster/backend.ts';
import { ConfigError, type Config } from '../config/config.ts';
import type { Log } from '../config/log.ts';
import type { Engine } from '../engine.ts';
import { LOG_LEVEL } from '../host.ts';
import { Store, type StoreOptions } from '../store/store.ts';
import { NODE_STATUS } from './backend.ts';
import type { AttemptOptions } from './attempts.ts';
import { Clients } from './clients.ts';
import { LocalBackend } from './local.ts';
import type { ServerNode } from './server-node.ts';

export interface Stand {
  readonly backend: LocalBackend | ClusterBackend;
  readonly clients: Clients;
  /** Whether its store was made just now. */
  readonly created: boolean;
  engine(): Engine;
  /** From now on the node shows that it is about to end. */
  beginStop(): void;
  /** Lets another node do what only one can do. Whether there is one. */
  handOver(): Promise<boolean>;
  close(): Promise<void>;
}

/** How a server is told to begin. */
export interface StandStart {
  /** Whether to make a store where none is. */
  readonly create: boolean;
  /** What a node of a cluster waits to be invited with; '' when it does not. */
  readonly secret: string;
  /** Whether to fetch the state of another node of the cluster in any case, and when the own one is damaged. */
  readonly rebuild: boolean;
  readonly autoRebuild: boolean;
}

/** Ends the process in good order, with an exit code, which is 0 when it was asked to. */
export interface Stop {
  stop(code?: 0 | 1): void;
}

export interface StandOptions {
  readonly config: Config;
  readonly log: Log;
  readonly node: ServerNode;
  /** The engine that is shown before there is another one. */
  readonly first: Engine;
  makeEngine(): Engine;
  /** Told the engine that is served from now on. */
  begun(engine: Engine): void;
  readonly start: StandStart & Stop;
}

export function openStand(options: StandOptions): Promise<Stand> {
  return options.config.etcd === '' ? alone(options) : inCluster(options);
}

async function alone({ config, log, node, first: engine, begun, start: { create } }: StandOptions): Promise<Stand> {
  const store = await Store.open(engine, config.storage_path, { ...storeOptions(config), create });
  if (store.created) log.warning('Well done, you successfully initialized ThingsDB!!');
  engine.forgetNodes();
  begun(engine);
  node.restore = restorer(engine, store);
  const backend = new LocalBackend(engine, store, attemptsOf(config));
  return {
    backend,
    clients: clientsOf(backend, config, log),
    created: store.created,
    engine: () => engine,
    beginStop: () => void (backend.status = NODE_STATUS.shuttingDown),
    handOver: async () => false,
    close: () => store.close(),
  };
}

async function inCluster({ config, log, node, first, makeEngine, begun, start }: StandOptions): Promise<Stand> {
  // Loaded by those who are part of one.
  const [{ ClusterBackend }, { ClusterNode }, { EtcdError }] = await Promise.all([import('../cluster/backend.ts'), import('../cluster/cluster-node.ts'), import('../cluster/etcd.ts')]);
  const backend = new ClusterBackend();
  const clients = clientsOf(backend, config, log);
  node.inCluster = backend;
  const cluster = await ClusterNode.start({
    config, backend, makeEngine, store: storeOptions(config), attempts: attemptsOf(config), tls: tlsOf(config), start, log: log.log,
    begun: engine => {
      node.restore = restorer(engine, clusterKeeper(engine, () => backend.engine === engine && backend.leads));
      begun(engine);
    },
    dropClients: () => clients.close(),
    hashKey: secret => first.host.secrets.hashKey(secret),
    ended: why => {
      log.log(LOG_LEVEL.critical, why);
      start.stop(1);
    },
  }).catch((e: unknown) => {
    throw e instanceof EtcdError ? new ConfigError(e.message) : e;
  });
  return {
    backend,
    clients,
    created: cluster.created,
    engine: () => backend.engine ?? first,
    beginStop: () => void (backend.shuttingDown = true),
    handOver: () => cluster.handOver(),
    close: () => cluster.close(),
  };
}

function attemptsOf(config: Config): Partial<AttemptOptions> {
  return { perAddress: config.login_attempts_per_address, perUser: config.login_attempts_per_user, seconds: config.login_attempts_seconds };
}

function clientsOf(backend: LocalBackend | ClusterBackend, config: Config, log: Log): Clients {
  return new Clients(backend, {
    docsUrl: config.docs_url, log: log.log, maxConnections: config.max_connections, maxBody: config.max_request_size, pendingMax: config.max_client_buffer, busyPollUs: config.busy_poll_us,
  });
}

function storeOptions(config: Config): Omit<StoreOptions, 'create'> {
  return {
    durability: config.durability,
    inlineSyncMs: config.inline_sync_ms,
    checkpoints: { minBytes: config.checkpoint_min_size, factor: config.checkpoint_factor },
    keep: { seconds: config.log_keep_time, bytes: config.log_keep_size },
  };
}

function tlsOf({ etcd_ca_file: ca, etcd_cert_file: cert, etcd_key_file: key }: Config): { ca?: string; cert?: string; key?: string } {
  const read = (name: string, file: string): Record<string, string> => {
    if (file === '') return {};
    try {
      return { [name]: readFileSync(file, 'utf8') };
    } catch (e) {
      throw new ConfigError(`cannot read \`${file}\` (${(e as Error).message})`);
    }
  };
  return { ...read('ca', ca), ...read('cert', cert), ...read('key', key) };
}
