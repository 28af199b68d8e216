/**
 * All that a server listens on, as its configuration asks for. Each edge is loaded by those who use it: HTTP and WebSocket
 * take a quarter of the time in which a server with nothing starts, and a sixth of its memory.
 */
import type { Config } from '../config/config.ts';
import type { Log } from '../config/log.ts';
import type { Clients } from './clients.ts';
import { parseOrigins } from './cors.ts';
import { placeOf, removeStaleSocket, type Listener } from './listen.ts';
import { listenTcp } from './tcp.ts';
import { certificateOf, webSocketCertificate } from './tls.ts';

export interface Edges {
  /** Where it listens, for people: `WebSocket ws://127.0.0.1:9270`. */
  readonly places: readonly string[];
  /** Takes no more connections; resolves when the open ones have ended. */
  close(): Promise<void>;
}

/** Throws a `ConfigError` when the configuration contradicts itself, or asks for a certificate that is not there. */
export function checkEdges(config: Config): void {
  certificateOf(config);
  placeOf(config, config.bind_client_addr, 0);
}

/** Throws as {@link checkEdges} does, and the error of what cannot listen. */
export async function openEdges(clients: Clients, config: Config, log: Log, version: string): Promise<Edges> {
  const { bind_client_addr: address, pipe_client_name: pipe } = config;
  const certificate = certificateOf(config);
  const shown = address.includes(':') ? `[${address}]` : address;
  const listeners: Listener[] = [];
  const places: string[] = [];
  const add = async (what: string, listening: Promise<Listener>): Promise<void> => {
    const listener = await listening;
    listeners.push(listener);
    places.push(what.replace('PORT', String(listener.port)));
  };
  const close = async (): Promise<void> => void (await Promise.all(listeners.map(listener => listener.close())));
  const at = (port: number) => placeOf(config, address, port);
  try {
    if (config.ws_port !== 0) {
      const own = webSocketCertificate(config, log);
      const { listenWs } = await import('./ws.ts');
      await add(`WebSocket ${own === null ? 'ws' : 'wss'}://${shown}:PORT`, listenWs(clients, at(config.ws_port), own));
    }
    await add(`TCP ${certificate === null ? 'tcp' : 'tls'}://${shown}:PORT`, listenTcp(clients, at(config.listen_client_port), certificate));
    log.info(`start listening for client connections on TCP port ${config.listen_client_port}`);
    if (pipe !== '') {
      await removeStaleSocket(pipe);
      await add(`pipe ${pipe}`, listenTcp(clients, { path: pipe }));
    }
    if (config.http_api_port !== 0) {
      const { docsUrl, maxBody, maxConnections } = clients.options;
      const { listenHttpApi } = await import('./http-api.ts');
      await add(`HTTP API ${certificate === null ? 'http' : 'https'}://${shown}:PORT`, listenHttpApi(clients.backend, at(config.http_api_port), {
        version, docsUrl, maxBody, maxConnections, log: log.log, certificate, origins: parseOrigins(config.http_api_origins),
      }));
    }
  } catch (e) {
    await close();
    throw e;
  }
  return { places, close };
}
