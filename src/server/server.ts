/** A whole server: an engine and all the edges that the configuration asks for. */
import { BackupRunner } from '../backup/backup-runner.ts';
import type { Config } from '../config/config.ts';
import type { Log } from '../config/log.ts';
import { Engine } from '../engine.ts';
import type { Limits } from '../evaluator/limits.ts';
import { NodeModules } from '../modules/modules.ts';
import type { ModuleLimits } from '../modules/program.ts';
import { monotonic, nodeHost, now } from '../node/host.ts';
import { startTicking } from '../node/ticker.ts';
import { NODE_STATUS } from './backend.ts';
import { checkEdges, openEdges, type Edges } from './edges.ts';
import { placeOf, type Listener } from './listen.ts';
import { ServerNode, factsOf } from './server-node.ts';
import { openStand, type Stand, type StandStart, type Stop } from './stand.ts';

export interface RunningServer {
  readonly engine: Engine;
  /** Where it listens, for people: `WebSocket ws://127.0.0.1:9270`. */
  readonly places: readonly string[];
  /** Ends it: clients are told, connections closed, what was acknowledged is durable. */
  close(): Promise<void>;
}

/** Addresses that cannot be reached from another machine. */
const LOOPBACK = /^(127\.|::1$|localhost$)/;

/**
 * Throws a `StoreError` when the store at `storage_path` cannot be used, a `ConfigError` when the configuration cannot
 * be. `stop` is what the language's `shutdown()` calls.
 */
export async function startServer(
  config: Config, log: Log, version: string, start: StandStart & Stop,
): Promise<RunningServer> {
  // What cannot be is said before the data is loaded, which may take long.
  checkEdges(config);
  const node = new ServerNode(now, monotonic, factsOf(config, version), log, () => start.stop());
  const makeEngine = (): Engine => new Engine({
    host: nodeHost(log.log, node),
    docsUrl: config.docs_url,
    answered: { bytes: config.request_ids_memory, keepSeconds: config.request_ids_keep, answerBytes: config.request_ids_answer_size },
    limits: limitsOf(config),
    slow: { warning: milliseconds(config.query_duration_warn), error: milliseconds(config.query_duration_error) },
    codegen: config.codegen === 'on',
    ...(config.audit === 'on' ? { audit: { textSize: config.audit_text_size } } : {}),
  });
  const first = makeEngine();
  let stand: Stand | null = null;
  const modules: { current: NodeModules | null } = { current: null };
  const engine = (): Engine => stand?.engine() ?? first;
  const status = await openStatus(engine, node, config);
  try {
    const begun = (engine: Engine): void => {
      void modules.current?.close();
      modules.current = new NodeModules(engine, { path: config.modules_path, python: config.python_interpreter, limits: moduleLimits(config), log: log.log });
    };
    const opened = await openStand({ config, log, node, first, makeEngine, begun, start });
    stand = opened;
    const { backend, clients, created } = opened;
    let backups: BackupRunner | null = null;
    let edges: Edges;
    try {
      await warnOfDefaultPassword(engine(), config, log);
      if (config.wait_for_modules > 0 && modules.current !== null) await within(config.wait_for_modules * 1_000, modules.current.settled());
      backups = new BackupRunner(engine, { directory: config.storage_path, created, durable: () => backend.durable() });
      edges = await openEdges(clients, config, log, version);
    } catch (e) {
      await backups?.stop();
      await modules.current?.close();
      await opened.close();
      throw e;
    }
    node.serve(backend, clients);
    if (config.etcd === '') log.info(`start listening for node connections on TCP port ${config.listen_node_port}`);
    const stopTicking = startTicking(engine);
    log.info(`changing status from ${NODE_STATUS.building} to ${NODE_STATUS.ready}`);
    return {
      get engine() {
        return engine();
      },
      places: status === null ? edges.places : [...edges.places, `HTTP status http://0.0.0.0:${status.port}/status`],
      async close() {
        const id = engine().system.nodeId;
        stopTicking();
        await backups?.stop();
        opened.beginStop();
        clients.nodeStatus(id, NODE_STATUS.shuttingDown);
        // Clients have somewhere to go then, and are given the time for it.
        if (await opened.handOver()) await clients.gone(config.shutdown_period * 1_000);
        const closing = edges.close();
        // The queries that wait for them fail, and are answered.
        await modules.current?.close();
        // What was done is answered before the connections end.
        await backend.durable()?.catch(() => {});
        clients.nodeStatus(id, NODE_STATUS.offline);
        clients.close();
        await closing;
        await opened.close();
        await status?.close();
      },
    };
  } catch (e) {
    await status?.close();
    throw e;
  }
}

/** It answers while the store is loaded, and to the end. */
async function openStatus(engine: () => Engine, node: ServerNode, config: Config): Promise<Listener | null> {
  if (config.http_status_port === 0) return null;
  const [{ listenHttpStatus }, { metricsOf }] = await Promise.all([import('./http-status.ts'), import('./metrics.ts')]);
  return listenHttpStatus(node, metricsOf(engine, node), placeOf(config, '', config.http_status_port));
}

function limitsOf(config: Config): Partial<Limits> {
  return {
    resultBytes: config.result_size_limit,
    milliseconds: config.max_query_time * 1_000,
    steps: config.max_query_steps,
    futures: config.max_futures,
    cachedQueryMin: config.threshold_query_cache,
    cachedQueryMilliseconds: config.cache_expiration_time * 1_000,
    // ThingsDB's way to say: no cache.
    ...(config.cache_expiration_time === 0 ? { cachedQueries: 0 } : {}),
  };
}

function moduleLimits(config: Config): Partial<ModuleLimits> {
  return {
    callMs: config.module_timeout * 1_000,
    startMs: config.module_start_timeout * 1_000,
    calls: config.module_max_calls,
    packetBytes: config.module_size_limit,
    restarts: config.module_max_restarts,
    heapBytes: config.module_memory_limit,
    downloadMs: config.module_download_timeout * 1_000,
    fileBytes: config.module_download_size,
    files: config.module_download_files,
  };
}

/** Waits for something, but no longer than that. */
async function within(milliseconds: number, what: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([what, new Promise(resolve => (timer = setTimeout(resolve, milliseconds)))]);
  clearTimeout(timer);
}

/** Of a duration in seconds that is off when it is 0. */
function milliseconds(seconds: number): number {
  return seconds === 0 ? Infinity : seconds * 1_000;
}

async function warnOfDefaultPassword(engine: Engine, config: Config, log: Log): Promise<void> {
  const admin = engine.system.usersByName.get('admin');
  if (LOOPBACK.test(config.bind_client_addr) || admin?.passwordHash == null) return;
  if (!(await engine.host.secrets.checkPassword('pass', admin.passwordHash))) return;
  log.warning(`user \`admin\` still has the password \`pass\` and ${config.bind_client_addr} can be reached from other machines; change it with: set_password('admin', '...')`);
}
