/** Real sockets on ports that the system picks. Everything is awaited, nothing is waited for. */
import { once } from 'node:events';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { ConfigError } from '../../src/config/config.ts';
import { Clients, type ClientsOptions } from '../../src/server/clients.ts';
import { listenHttpApi } from '../../src/server/http-api.ts';
import { placeOf, removeStaleSocket, type Listener } from '../../src/server/listen.ts';
import { listenTcp } from '../../src/server/tcp.ts';
import { asCertificate } from '../../src/server/tls.ts';
import { listenWs } from '../../src/server/ws.ts';
import { PACKET } from '../../src/wire/packet.ts';
import { FakeBackend } from './fake-backend.ts';
import { Inbox, LOGIN, query, request } from './wire-client.ts';

const LOCAL = { host: '127.0.0.1', port: 0 };
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function serve(kind: 'tcp' | 'ws', options: Partial<ClientsOptions> = {}): Promise<{ backend: FakeBackend; clients: Clients; listener: Listener }> {
  const backend = new FakeBackend();
  const clients = new Clients(backend, options);
  const listener = await (kind === 'tcp' ? listenTcp(clients, LOCAL) : listenWs(clients, LOCAL));
  cleanups.push(async () => {
    clients.close();
    await listener.close();
  });
  return { backend, clients, listener };
}

interface Connection {
  readonly inbox: Inbox;
  readonly closed: Promise<unknown>;
  send(bytes: Uint8Array): void;
}

async function dialTcp(port: number): Promise<Connection & { socket: Socket }> {
  const socket = connect(port, '127.0.0.1');
  const inbox = new Inbox();
  socket.on('data', (chunk) => inbox.push(chunk));
  socket.on('error', () => {});
  const closed = once(socket, 'close');
  await once(socket, 'connect');
  cleanups.push(() => socket.destroy());
  return { socket, inbox, closed, send: (bytes) => socket.write(bytes) };
}

async function dialWs(url: string, protocols: string[] = [], options = {}): Promise<Connection & { ws: WebSocket }> {
  const ws = new WebSocket(url, protocols, options);
  const inbox = new Inbox();
  ws.on('message', (data: Buffer) => inbox.push(data));
  ws.on('error', () => {});
  const closed = once(ws, 'close');
  await once(ws, 'open');
  cleanups.push(() => ws.terminate());
  return { ws, inbox, closed, send: (bytes) => ws.send(bytes) };
}

const dial = (kind: 'tcp' | 'ws', port: number): Promise<Connection> => (kind === 'tcp' ? dialTcp(port) : dialWs(`ws://127.0.0.1:${port}/any/path`));

describe.each(['tcp', 'ws'] as const)('over %s', (kind) => {
  test('login, ping, query, run, error', async () => {
    const { listener } = await serve(kind);
    const connection = await dial(kind, listener.port);
    for (const bytes of [request(PACKET.ping, 1), LOGIN, query(2, 'vars', { a: 1 }), request(PACKET.run, 3, ['//stuff', 'p', [1]]), query(4, 'fail')]) connection.send(bytes);
    await connection.inbox.count(5);
    expect(connection.inbox.all.map(({ pid, type }) => [pid, type])).toEqual([[1, PACKET.pong], [1, PACKET.ok], [2, PACKET.data], [3, PACKET.data], [4, PACKET.error]]);
    expect(connection.inbox.all.slice(2, 4).map(({ body }) => body)).toEqual([{ a: 1 }, ['p', [1]]]);
  });

  test('many requests in flight and large answers', async () => {
    const { listener } = await serve(kind);
    const connection = await dial(kind, listener.port);
    connection.send(LOGIN);
    for (let i = 0; i < 1000; i++) connection.send(query(i, i % 100 === 0 ? 'big 200000' : `q${i}`));
    await connection.inbox.count(1001);
    expect(connection.inbox.all.slice(1).every(({ pid, body }, i) => pid === i && (i % 100 === 0 ? (body as string).length === 200_000 : body === `q${i}`))).toBe(true);
  });

  test('an answer of several megabytes', async () => {
    const { listener } = await serve(kind);
    const connection = await dial(kind, listener.port);
    connection.send(LOGIN);
    connection.send(query(1, 'big 5000000'));
    connection.send(query(2, 'after'));
    await connection.inbox.count(3);
    expect((connection.inbox.all[1]!.body as string).length).toBe(5_000_000);
    expect(connection.inbox.all[2]!.body).toBe('after');
  });

  test('a wrong check byte ends the connection without an answer', async () => {
    const { listener, clients } = await serve(kind);
    const connection = await dial(kind, listener.port);
    connection.send(Uint8Array.from([0, 0, 0, 0, 0, 0, 34, 34]));
    await connection.closed;
    expect(connection.inbox.all).toEqual([]);
    expect(clients.size).toBe(0);
  });

  test('a large package before the login ends the connection', async () => {
    const { listener } = await serve(kind, { maxBodyBeforeLogin: 1000 });
    const connection = await dial(kind, listener.port);
    connection.send(query(1, 'x'.repeat(400_000)));
    await connection.closed;
    expect(connection.inbox.all).toEqual([]);
  });

  test('a client that goes away in the middle is forgotten', async () => {
    const { backend, listener, clients } = await serve(kind);
    const connection = await dial(kind, listener.port);
    connection.send(LOGIN);
    connection.send(query(1, 'wait'));
    connection.send(query(2, 'now'));
    await connection.inbox.count(2);
    const watch = await dial(kind, listener.port);
    if ('socket' in connection) (connection as { socket: Socket }).socket.destroy();
    else (connection as unknown as { ws: WebSocket }).ws.terminate();
    await connection.closed;
    // A later connection's answer proves that the server has seen the end of the first.
    watch.send(request(PACKET.ping, 1));
    await watch.inbox.count(1);
    backend.wake();
    watch.send(request(PACKET.ping, 2));
    await watch.inbox.count(2);
    expect(clients.size).toBeLessThanOrEqual(2);
  });

  test('a stop tells the status and closes', async () => {
    const { listener, clients } = await serve(kind);
    const connection = await dial(kind, listener.port);
    connection.send(LOGIN);
    await connection.inbox.count(1);
    clients.nodeStatus(0, 'SHUTTING_DOWN');
    clients.close();
    await connection.closed;
    expect(connection.inbox.all.slice(1)).toEqual([{ pid: 65535, type: PACKET.nodeStatus, body: { id: 0, status: 'SHUTTING_DOWN' } }]);
  });
});

describe('TCP', () => {
  test('packages split at every byte', async () => {
    const { listener } = await serve('tcp');
    const connection = await dialTcp(listener.port);
    connection.socket.setNoDelay(true);
    const bytes = Buffer.concat([LOGIN, query(2, 'user'), request(PACKET.ping, 3)]);
    for (const byte of bytes) await new Promise<void>((sent) => connection.socket.write(Uint8Array.of(byte), () => sent()));
    await connection.inbox.count(3);
    expect(connection.inbox.all.map(({ pid, body }) => [pid, body])).toEqual([[1, undefined], [2, 'admin'], [3, undefined]]);
  });

  test('a client that does not read is paused and, when events go on, dropped', async () => {
    const { listener, clients, backend } = await serve('tcp', { pendingHigh: 100_000, pendingMax: 1_000_000 });
    const connection = await dialTcp(listener.port);
    connection.send(LOGIN);
    await connection.inbox.count(1);
    connection.socket.pause();
    // Far more than the system's buffers hold: the server stops reading requests long before the last.
    for (let i = 0; i < 2000; i++) connection.send(query(i, 'big 100000'));
    const other = await dialTcp(listener.port);
    for (let i = 0; i < 50; i++) {
      other.send(request(PACKET.ping, i));
      await other.inbox.count(i + 1);
    }
    expect(backend.asked.length).toBeLessThan(1000);
    expect(clients.size).toBe(2);
    for (let i = 0; i < 60; i++) {
      clients.nodeStatus(0, 'READY');
      clients.nodeStatus(1, 'x'.repeat(100_000) as 'READY');
      other.send(request(PACKET.ping, i));
      await other.inbox.count(51 + i);
    }
    expect(clients.size).toBe(1);
  });

  test('a pipe is the same on a path', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'thingscope-'));
    cleanups.push(() => rmSync(folder, { recursive: true }));
    const clients = new Clients(new FakeBackend());
    const path = join(folder, 'pipe');
    const listener = await listenTcp(clients, { path });
    cleanups.push(() => listener.close());
    const socket = connect(path);
    const inbox = new Inbox();
    socket.on('data', (chunk) => inbox.push(chunk));
    socket.write(Buffer.concat([LOGIN, query(2, 'user')]));
    await inbox.count(2);
    expect(inbox.all[1]!.body).toBe('admin');
    socket.destroy();
    await once(socket, 'close');
  });

  test('a port in use is an error', async () => {
    const { listener } = await serve('tcp');
    await expect(listenTcp(new Clients(new FakeBackend()), { host: '127.0.0.1', port: listener.port })).rejects.toThrow('EADDRINUSE');
  });
});

describe('WebSocket', () => {
  test('the subprotocol is none or thingsdb-protocol', async () => {
    const { listener } = await serve('ws');
    const named = await dialWs(`ws://127.0.0.1:${listener.port}`, ['thingsdb-protocol']);
    expect(named.ws.protocol).toBe('thingsdb-protocol');
    const other = new WebSocket(`ws://127.0.0.1:${listener.port}`, ['other']);
    await once(other, 'error');
  });

  test.each([
    ['a text message', (ws: WebSocket) => ws.send('hello')],
    ['a short one', (ws: WebSocket) => ws.send(new Uint8Array(7))],
    ['a package that is not whole', (ws: WebSocket) => ws.send(query(1, 'abc').slice(0, -1))],
  ])('%s ends the connection', async (_, send) => {
    const { listener } = await serve('ws');
    const connection = await dialWs(`ws://127.0.0.1:${listener.port}`);
    send(connection.ws);
    await connection.closed;
    expect(connection.inbox.all).toEqual([]);
  });

  test('a second package in a message is ignored, fragments are joined', async () => {
    const { listener } = await serve('ws');
    const connection = await dialWs(`ws://127.0.0.1:${listener.port}`);
    connection.send(Buffer.concat([request(PACKET.ping, 1), request(PACKET.ping, 2)]));
    connection.ws.send(LOGIN.slice(0, 5), { fin: false });
    connection.ws.send(LOGIN.slice(5), { fin: true });
    connection.send(query(3, 'user'));
    await connection.inbox.count(3);
    expect(connection.inbox.all.map(({ type, body }) => [type, body])).toEqual([[PACKET.pong, undefined], [PACKET.ok, undefined], [PACKET.data, 'admin']]);
  });

  test('plain HTTP is refused', async () => {
    const { listener } = await serve('ws');
    const response = await fetch(`http://127.0.0.1:${listener.port}/`);
    expect(response.status).toBe(426);
    await response.text();
  });
});

describe('TLS', () => {
  const pem = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
  const certificate = asCertificate(pem('localhost.cert'), pem('localhost.key'))!;
  const trusted = { ca: certificate.cert, servername: 'localhost' };

  test('a certificate is PEM', () => {
    expect(certificate).not.toBe(null);
    expect(asCertificate('no', 'pem')).toBe(null);
  });

  test.each(['tcp', 'ws'] as const)('over %s', async kind => {
    const clients = new Clients(new FakeBackend());
    const listener = await (kind === 'tcp' ? listenTcp : listenWs)(clients, LOCAL, certificate);
    cleanups.push(() => {
      clients.close();
      return listener.close();
    });
    const connection = await (kind === 'tcp' ? dialTls(listener.port) : dialWs(`wss://localhost:${listener.port}`, [], trusted));
    connection.send(LOGIN);
    for (let i = 0; i < 100; i++) connection.send(query(i, i === 50 ? 'big 3000000' : 'user'));
    await connection.inbox.count(101);
    expect(connection.inbox.all.slice(1).map(({ pid }) => pid)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(clients.transports).toEqual({ tcp: Number(kind === 'tcp'), websocket: Number(kind === 'ws'), pipe: 0 });
  });

  test('who does not speak TLS is not heard', async () => {
    const clients = new Clients(new FakeBackend());
    const listener = await listenTcp(clients, LOCAL, certificate);
    cleanups.push(() => listener.close());
    const connection = await dialTcp(listener.port);
    connection.send(LOGIN);
    await connection.closed;
    expect(connection.inbox.all).toEqual([]);
  });

  test('the HTTP API', async () => {
    const api = await listenHttpApi(new FakeBackend(), LOCAL, { docsUrl: '', maxBody: 1_000, version: '1', origins: new Set(), certificate, maxConnections: 100, log: () => {} });
    cleanups.push(() => api.close());
    const answer = httpsGet({ port: api.port, host: '127.0.0.1', path: '/', agent: false, ...trusted });
    const [response] = await once(answer, 'response') as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(200);
  });

  async function dialTls(port: number): Promise<Connection> {
    const socket = connectTls({ port, host: '127.0.0.1', ...trusted });
    const inbox = new Inbox();
    socket.on('data', chunk => inbox.push(chunk));
    const closed = once(socket, 'close');
    await once(socket, 'secureConnect');
    cleanups.push(() => socket.destroy());
    return { inbox, closed, send: bytes => socket.write(bytes) };
  }
});

describe('where to listen', () => {
  const place = (support: 'ALL' | 'IPV4ONLY' | 'IPV6ONLY', address: string): unknown => placeOf({ ip_support: support }, address, 1);

  test.each([
    ['ALL', '::', { port: 1 }], ['ALL', '', { port: 1 }], ['ALL', '0.0.0.0', { host: '0.0.0.0', port: 1 }], ['ALL', '::1', { host: '::1', port: 1 }],
    ['IPV4ONLY', '::', { host: '0.0.0.0', port: 1 }], ['IPV4ONLY', '127.0.0.1', { host: '127.0.0.1', port: 1 }],
    ['IPV6ONLY', '::', { host: '::', port: 1, ipv6Only: true }], ['IPV6ONLY', '', { host: '::', port: 1, ipv6Only: true }], ['IPV6ONLY', '::1', { host: '::1', port: 1, ipv6Only: true }],
  ] as const)('%s at %j', (support, address, want) => expect(place(support, address)).toEqual(want));

  test.each([['IPV4ONLY', '::1'], ['IPV6ONLY', '127.0.0.1'], ['IPV6ONLY', '0.0.0.0']] as const)('%s at %j cannot be', (support, address) => {
    expect(() => place(support, address)).toThrow(ConfigError);
  });

  test('the socket that a killed server left is removed, that of a running one is not', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'pipe-'));
    cleanups.push(() => rmSync(directory, { recursive: true }));
    const path = join(directory, 'p');
    const listener = await listenTcp(new Clients(new FakeBackend()), { path });
    cleanups.push(() => listener.close());
    await removeStaleSocket(path);
    expect(existsSync(path)).toBe(true);
    // What a killed process leaves: a name of a socket that nobody listens on.
    const stale = join(directory, 'stale');
    spawnSync(process.execPath, ['-e', `require('net').createServer().listen(${JSON.stringify(stale)}, () => process.kill(process.pid, 'SIGKILL'))`]);
    expect(existsSync(stale)).toBe(true);
    await removeStaleSocket(stale);
    expect(existsSync(stale)).toBe(false);
    writeFileSync(stale, 'no socket');
    await removeStaleSocket(stale);
    expect(existsSync(stale)).toBe(true);
  });
});
