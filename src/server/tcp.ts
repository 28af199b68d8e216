/** ThingsDB's protocol over TCP and, with a path, over a UNIX socket (the "pipe"). */
import { createServer, type Socket } from 'node:net';
import type { Clients } from './clients.ts';
import { listen, type Listener, type Place } from './listen.ts';
import { SocketTransport } from './socket-transport.ts';

export function listenTcp(clients: Clients, place: Place): Promise<Listener> {
  return listen(createServer({ noDelay: true }, (socket) => serve(clients, socket)), place);
}

function serve(clients: Clients, socket: Socket): void {
  const session = clients.open(new SocketTransport(socket), false);
  if (session === null) {
    socket.destroy();
    return;
  }
  socket.on('data', (chunk: Buffer) => session.receive(chunk));
  socket.on('drain', () => session.drained());
  socket.on('close', () => session.gone());
  // 'close' follows.
  socket.on('error', () => {});
}
