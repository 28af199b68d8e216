/** A whole server: an engine and all the edges that the configuration asks for. */
import { readFileSync, existsSync } from 'node:fs';
import type { Config } from '../config/config.ts';
import type { Log } from '../config/log.ts';
import { Engine } from '../engine.ts';
import { monotonic, nodeHost, now } from '../node/host.ts';
import { startTicking } from '../node/ticker.ts';
import { Store } from '../store/store.ts';
import { NODE_STATUS } from './backend.ts';
import { Clients } from './clients.ts';
import { listenHttpApi } from './http-api.ts';
import { listenHttpStatus } from './http-status.ts';
import type { Listener, Place } from './listen.ts';
import { LocalBackend } from './local.ts';
import { ServerNode, factsOf } from './server-node.ts';
import { listenTcp } from './tcp.ts';
import { asCertificate, listenWs, type Certificate } from './ws.ts';

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
 * Throws a `StoreError` when the store at `storage_path` cannot be used; `create` makes one where none is. `stop` is
 * what the language's `shutdown()` calls.
 */
export async function startServer(
  config: Config, log: Log, version: string, { create, stop }: { readonly create: boolean; readonly stop: () => void },
): Promise<RunningServer> {
  const node = new ServerNode(now, monotonic, factsOf(config, version), log, stop);
  const engine = new Engine({
    host: nodeHost(log.log, node),
    docsUrl: config.docs_url,
    limits: { resultBytes: config.result_size_limit, ...(config.query_duration_error > 0 ? { milliseconds: config.query_duration_error * 1000 } : {}) },
  });
  const store = await Store.open(engine, config.storage_path, { durability: config.durability, create });
  if (store.created) log.warning('Well done, you successfully initialized ThingsDB!!');
  warnOfDefaultPassword(engine, config, log);

  const backend = new LocalBackend(engine, store);
  const clients = new Clients(backend, { docsUrl: config.docs_url, log: log.log });
  node.clients = clients;
  const listeners: Listener[] = [];
  const places: string[] = [];
  const at = (port: number): Place => ({ host: config.bind_client_addr, port, ipv6Only: config.ip_support === 'IPV6ONLY' });
  const shown = config.bind_client_addr.includes(':') ? `[${config.bind_client_addr}]` : config.bind_client_addr;
  const add = async (what: string, listening: Promise<Listener>): Promise<void> => {
    const listener = await listening;
    listeners.push(listener);
    places.push(what.replace('PORT', String(listener.port)));
  };
  try {
    if (config.http_status_port !== 0) await add('HTTP status http://0.0.0.0:PORT/status', listenHttpStatus(backend, { host: '::', port: config.http_status_port }));
    if (config.ws_port !== 0) {
      const certificate = readCertificate(config, log);
      await add(`WebSocket ${certificate === null ? 'ws' : 'wss'}://${shown}:PORT`, listenWs(clients, at(config.ws_port), certificate));
    }
    await add(`TCP tcp://${shown}:PORT`, listenTcp(clients, at(config.listen_client_port)));
    log.info(`start listening for client connections on TCP port ${config.listen_client_port}`);
    if (config.pipe_client_name !== '') await add(`pipe ${config.pipe_client_name}`, listenTcp(clients, { path: config.pipe_client_name }));
    if (config.http_api_port !== 0) {
      await add(`HTTP API http://${shown}:PORT`,
        listenHttpApi(backend, at(config.http_api_port), { version, docsUrl: config.docs_url, maxBody: clients.options.maxBody, log: log.log }));
    }
    log.info(`start listening for node connections on TCP port ${config.listen_node_port}`);
  } catch (e) {
    await Promise.all(listeners.map(listener => listener.close()));
    await store.close();
    throw e;
  }
  const stopTicking = startTicking(engine);
  log.info(`changing status from ${NODE_STATUS.building} to ${NODE_STATUS.ready}`);
  return {
    engine,
    places,
    async close() {
      stopTicking();
      backend.status = NODE_STATUS.shuttingDown;
      clients.nodeStatus(engine.system.nodeId, NODE_STATUS.shuttingDown);
      const closing = listeners.map(listener => listener.close());
      // What was done is answered before the connections end.
      await store.settled();
      clients.nodeStatus(engine.system.nodeId, NODE_STATUS.offline);
      clients.close();
      await Promise.all(closing);
      await store.close();
    },
  };
}

function warnOfDefaultPassword(engine: Engine, config: Config, log: Log): void {
  const admin = engine.system.usersByName.get('admin');
  if (LOOPBACK.test(config.bind_client_addr) || admin?.passwordHash == null) return;
  if (!engine.host.secrets.checkPassword('pass', admin.passwordHash)) return;
  log.warning(`user \`admin\` still has the password \`pass\` and ${config.bind_client_addr} can be reached from other machines; change it with: set_password('admin', '...')`);
}

function readCertificate(config: Config, log: Log): Certificate | null {
  const { ws_cert_file: cert, ws_key_file: key } = config;
  if (cert === '' || key === '') return null;
  const missing = [cert, key].find(file => !existsSync(file));
  const certificate = missing === undefined ? asCertificate(readFileSync(cert, 'utf8'), readFileSync(key, 'utf8')) : null;
  if (certificate === null) log.warning(`no certificate in \`${missing ?? cert}\`; WebSocket connections are not encrypted`);
  return certificate;
}
