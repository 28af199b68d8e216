/**
 * ThingsDB's protocol over WebSocket: each package is one binary message. With a certificate: TLS.
 *
 * The library `ws` does the handshake and reads messages. Answers are framed by the `PacketWriter` and go
 * straight to the socket: so those of one turn leave in one write, without an object each. That is safe
 * because `ws` too only ever writes whole frames.
 */
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Clients } from './clients.ts';
import { listen, type Listener, type Place } from './listen.ts';
import { HEADER_BYTES, readHeader } from '../wire/packet.ts';
import { END_MS, SocketTransport } from './socket-transport.ts';
import { tlsOptions, type Certificate } from './tls.ts';

const PROTOCOL = 'thingsdb-protocol';

export async function listenWs(clients: Clients, place: Place, certificate: Certificate | null = null): Promise<Listener> {
  const http = certificate === null ? createHttpServer(refuse) : createHttpsServer(tlsOptions(certificate), refuse);
  const wss = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    skipUTF8Validation: true,
    // One header more than the largest body. What is allowed before the login is checked below.
    maxPayload: clients.options.maxBody + HEADER_BYTES,
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
  });
  http.on('upgrade', (request, socket, head) => upgrade(wss, clients, request, socket, head));
  return listen(http as Server, place);
}

function refuse(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(426, { 'Content-Type': 'text/plain', Connection: 'close', Upgrade: 'websocket' });
  response.end('this port speaks WebSocket\r\n');
}

function upgrade(wss: WebSocketServer, clients: Clients, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  socket.on('error', () => {});
  const offered = request.headers['sec-websocket-protocol'];
  if (offered !== undefined && !offered.split(',').some((name) => name.trim() === PROTOCOL)) {
    socket.destroy();
    return;
  }
  wss.handleUpgrade(request, socket, head, (ws) => serve(clients, ws, socket as Socket));
}

function serve(clients: Clients, ws: WebSocket, socket: Socket): void {
  socket.setNoDelay(true);
  const session = clients.open(new MessageTransport(ws, socket), 'websocket');
  if (session === null) {
    ws.terminate();
    return;
  }
  // `ws` joins the parts of a message on its own: who is not logged in must not make it keep much.
  const { maxBodyBeforeLogin } = clients.options;
  let unfinished = 0;
  const watch = (chunk: Buffer): void => {
    if (session.loggedIn) socket.off('data', watch);
    else if ((unfinished += chunk.length) > maxBodyBeforeLogin + SLACK) session.end('invalid or too large package');
  };
  socket.prependListener('data', watch);
  let inTurn = false;
  let bytes = 0;
  const endTurn = (): void => {
    inTurn = false;
    clients.busyPoll.came(bytes);
    bytes = 0;
    session.flush();
  };
  ws.on('message', (data: Buffer, isBinary) => {
    unfinished = 0;
    const body = isBinary ? onePackage(data) : null;
    if (body === null) {
      session.end('invalid message');
      return;
    }
    session.receive(body, true);
    bytes += body.length;
    // All messages of a chunk come in one call of the socket; this runs right after it.
    if (!inTurn) {
      inTurn = true;
      process.nextTick(endTurn);
    }
  });
  socket.on('drain', () => session.drained());
  ws.on('close', () => session.gone());
  ws.on('error', () => {});
}

/** What a socket may have read beyond one message. */
const SLACK = 1 << 17;

/** The first package of a message: what follows it is ignored, as ThingsDB does. Null when there is no whole one. */
function onePackage(message: Buffer): Uint8Array | null {
  if (message.length < HEADER_BYTES) return null;
  const header = readHeader(message, 0);
  if (header === null || message.length < HEADER_BYTES + header.length) return null;
  return message.length === HEADER_BYTES + header.length ? message : message.subarray(0, HEADER_BYTES + header.length);
}

class MessageTransport extends SocketTransport {
  private readonly ws: WebSocket;

  constructor(ws: WebSocket, socket: Socket) {
    super(socket);
    this.ws = ws;
  }

  override write(bytes: Uint8Array): boolean {
    return this.ws.readyState === this.ws.OPEN ? super.write(bytes) : true;
  }

  override pause(): void {
    this.ws.pause();
  }

  override resume(): void {
    this.ws.resume();
  }

  override close(): void {
    this.ws.close();
    const timer = setTimeout(() => this.ws.terminate(), END_MS);
    timer.unref();
    this.ws.once('close', () => clearTimeout(timer));
  }
}
