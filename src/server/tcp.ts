/** ThingsDB's protocol over TCP, with a certificate over TLS, and, with a path, over a UNIX socket (the "pipe"). */
import { createServer, type Socket } from 'node:net';
import type { Clients, TransportKind } from './clients.ts';
import { listen, type Listener, type Place } from './listen.ts';
import { SocketTransport } from './socket-transport.ts';
import { tlsOptions, type Certificate } from './tls.ts';

export async function listenTcp(clients: Clients, place: Place, certificate: Certificate | null = null): Promise<Listener> {
  const kind = 'path' in place ? 'pipe' : 'tcp';
  const accept = (socket: Socket): void => serve(clients, socket, kind);
  if (certificate === null) return listen(createServer({ noDelay: true }, accept), place);
  const { createServer: createTlsServer } = await import('node:tls');
  return listen(createTlsServer({ noDelay: true, ...tlsOptions(certificate) }, accept), place);
}

function serve(clients: Clients, socket: Socket, kind: TransportKind): void {
  const session = clients.open(new SocketTransport(socket), kind);
  if (session === null) {
    socket.destroy();
    return;
  }
  socket.on('data', (chunk: Buffer) => {
    clients.busyPoll.came(chunk.length);
    session.receive(chunk);
  });
  socket.on('drain', () => session.drained());
  socket.on('close', () => session.gone());
  // 'close' follows.
  socket.on('error', () => {});
}
