/** The sockets that Node has: TCP, TLS, UNIX pipes, and WebSockets with options for TLS. */
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { WebSocket, type ClientOptions } from 'ws';
import { client as msg } from '../errors/messages/client.ts';
import { BODY_MAX, HEADER_BYTES } from '../wire/packet.ts';
import { overWebSocket, type Dial, type Transport, type TransportHandlers, type WebSocketLike } from './transport.ts';

/** Of Node's options for `tls.connect`, those about trust. */
export type TlsOptions = Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'passphrase' | 'servername' | 'rejectUnauthorized'>;

const TCP_PORT = 9200;

/** Opens `ws://host:port`, `wss://…`, `tcp://…`, `tls://…` and `pipe:/path`. */
export function dialNode(tls: TlsOptions = {}): Dial {
  return (url, handlers) => {
    const { protocol, hostname, port, pathname } = parseUrl(url);
    const host = hostname.replace(/^\[|\]$/g, '');
    const place = { host, port: Number(port || TCP_PORT) };
    switch (protocol) {
      case 'ws:':
      case 'wss:':
        return overWebSocket(new WebSocket(url, { maxPayload: HEADER_BYTES + BODY_MAX, ...tls } as ClientOptions) as WebSocketLike, handlers);
      case 'tcp:':
        return overSocket(connectTcp(place), 'connect', handlers);
      case 'tls:':
        return overSocket(connectTls({ ...place, servername: host, ...tls }), 'secureConnect', handlers);
      case 'pipe:':
        return overSocket(connectTcp({ path: decodeURI(pathname) }), 'connect', handlers);
      default:
        throw new TypeError(msg.address(url));
    }
  };
}

function parseUrl(url: string): URL {
  try {
    return new URL(url);
  } catch {
    throw new TypeError(msg.address(url));
  }
}

function overSocket(socket: Socket, ready: string, { opened, received, closed }: TransportHandlers): Transport {
  socket.setNoDelay(true);
  socket.on(ready, opened);
  // A Buffer would pass its kind on to values of the language, and its `slice` does not copy.
  socket.on('data', chunk => received(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length)));
  socket.on('error', closed);
  socket.on('close', () => closed(new Error(msg.connectionClosed())));
  // Closing must not wait for a peer that is gone; `destroySoon` first writes what it was given.
  return { send: bytes => void socket.write(bytes), close: () => socket.destroySoon() };
}
