/** ThingsDB's protocol over TCP, with a certificate over TLS, and, with a path, over a UNIX socket (the "pipe"). */
import { createServer, type Socket } from 'node:net';
import type { Clients, TransportKind } from './clients.ts';
import type { Session } from './session.ts';
import { listen, type Listener, type Place } from './listen.ts';
import { SocketTransport } from './socket-transport.ts';
import { tlsOptions, type Certificate } from './tls.ts';

export async function listenTcp(clients: Clients, place: Place, certificate: Certificate | null = null): Promise<Listener> {
  const kind = 'path' in place ? 'pipe' : 'tcp';
  const events = eventsOf(clients);
  const accept = (socket: Socket): void => serve(clients, socket, kind, events);
  if (certificate === null) return listen(createServer({ noDelay: true }, accept), place);
  const { createServer: createTlsServer } = await import('node:tls');
  return listen(createTlsServer({ noDelay: true, ...tlsOptions(certificate) }, accept), place);
}

const SESSION = Symbol('session');
type Served = Socket & { [SESSION]: Session };
type Events = Readonly<Record<'data' | 'drain' | 'close' | 'error', (this: Served, chunk: Buffer) => void>>;

/** What is done at events of sockets. All sockets share these functions: most of many connections are idle, and only take memory. */
function eventsOf(clients: Clients): Events {
  return {
    data(chunk) {
      clients.busyPoll.came(chunk.length);
      this[SESSION].receive(chunk);
    },
    drain() {
      this[SESSION].drained();
    },
    close() {
      this[SESSION].gone();
    },
    // 'close' follows.
    error() {},
  };
}

function serve(clients: Clients, socket: Socket, kind: TransportKind, events: Events): void {
  const session = clients.open(new SocketTransport(socket), kind);
  if (session === null) {
    socket.destroy();
    return;
  }
  (socket as Served)[SESSION] = session;
  for (const [name, run] of Object.entries(events)) socket.on(name, run);
}
