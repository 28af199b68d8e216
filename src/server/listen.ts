/** Starting and stopping of what listens: the same for every edge. */
import { connect, isIP, type Server } from 'node:net';
import { lstatSync, rmSync } from 'node:fs';
import type { Server as HttpServer } from 'node:http';
import { ConfigError, type Config } from '../config/config.ts';

/** Where to listen: a port (0 picks one) of an address, of all addresses when there is none, or the path of a UNIX socket. */
export type Place = { readonly host?: string; readonly port: number; readonly ipv6Only?: boolean } | { readonly path: string };

/** Something that listens. */
export interface Listener {
  /** The port; 0 for a pipe. */
  readonly port: number;
  /** Takes no more connections; resolves when the open ones have ended (see `Clients.close`). Those of HTTP are ended soon. */
  close(): Promise<void>;
}

export function listen(server: Server, place: Place): Promise<Listener> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(place, () => {
      server.off('error', reject);
      const address = server.address();
      resolve({
        port: address !== null && typeof address === 'object' ? address.port : 0,
        close: () => close(server),
      });
    });
  });
}

function close(server: Server & Partial<Pick<HttpServer, 'closeAllConnections'>>): Promise<void> {
  // Who sends a request slowly must not keep the server from ending.
  const timer = setTimeout(() => server.closeAllConnections?.(), CLOSE_MS);
  return new Promise(done => server.close(() => {
    clearTimeout(timer);
    done();
  }));
}

/** How long requests over HTTP that are under way have to end, once the server is stopped. */
const CLOSE_MS = 2_000;

/** A port of `address`, or of all addresses ('', `::`, `0.0.0.0`), as far as `ip_support` lets it. Throws a {@link ConfigError}. */
export function placeOf({ ip_support: support }: Pick<Config, 'ip_support'>, address: string, port: number): Place {
  const version = isIP(address);
  const all = address === '' || address === '::' || address === '0.0.0.0';
  if (support === 'IPV4ONLY') {
    if (version === 6 && !all) throw new ConfigError(`ip_support is IPV4ONLY, but \`${address}\` is an IPv6 address`);
    return { host: all ? '0.0.0.0' : address, port };
  }
  if (support === 'IPV6ONLY') {
    if (version === 4) throw new ConfigError(`ip_support is IPV6ONLY, but \`${address}\` is an IPv4 address`);
    return { host: all ? '::' : address, port, ipv6Only: true };
  }
  // Without a host Node takes both versions where the machine has both.
  return all && address !== '0.0.0.0' ? { port } : { host: address, port };
}

/** Removes the file of a UNIX socket that nobody listens on: a server that was killed leaves it behind. */
export async function removeStaleSocket(path: string): Promise<void> {
  // A connection to a file of another kind is refused too.
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return;
  await new Promise<void>(resolve => {
    const probe = connect(path, () => {
      probe.destroy();
      resolve();
    });
    probe.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') rmSync(path, { force: true });
      resolve();
    });
  });
}
