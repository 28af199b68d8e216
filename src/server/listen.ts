/** Starting and stopping of what listens: the same for every edge. */
import type { Server } from 'node:net';

/** Where to listen: a port (0 picks one) of an address, or the path of a UNIX socket. */
export type Place = { readonly host: string; readonly port: number; readonly ipv6Only?: boolean } | { readonly path: string };

/** Something that listens. */
export interface Listener {
  /** The port; 0 for a pipe. */
  readonly port: number;
  /** Takes no more connections; resolves when the open ones have ended (see `Clients.close`). */
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
        close: () => new Promise((done) => server.close(() => done())),
      });
    });
  });
}
