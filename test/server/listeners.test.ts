/** Many listeners of a room over real sockets, and one that does not read what it is sent. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { testHost } from '../../src/check/test-host.ts';
import { Engine } from '../../src/engine.ts';
import { Clients, type ClientsOptions } from '../../src/server/clients.ts';
import { LocalBackend } from '../../src/server/local.ts';
import { listenTcp } from '../../src/server/tcp.ts';
import { PACKET } from '../../src/wire/packet.ts';
import { Inbox, LOGIN, query, request } from './wire-client.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function serve(options: Partial<ClientsOptions> = {}) {
  const engine = new Engine({ host: testHost() });
  engine.init();
  const log: string[] = [];
  const clients = new Clients(new LocalBackend(engine), { log: (_, text) => log.push(text), ...options });
  const listener = await listenTcp(clients, { host: '127.0.0.1', port: 0 });
  cleanups.push(() => {
    clients.close();
    return listener.close();
  });
  const dial = async (...requests: Uint8Array[]): Promise<{ socket: Socket; inbox: Inbox; closed: Promise<unknown> }> => {
    const socket = connect(listener.port, '127.0.0.1');
    const inbox = new Inbox();
    socket.on('data', chunk => inbox.push(chunk));
    socket.on('error', () => {});
    const closed = once(socket, 'close');
    await once(socket, 'connect');
    cleanups.push(() => socket.destroy());
    socket.write(Buffer.concat([LOGIN, ...requests]));
    await inbox.count(1 + requests.length);
    return { socket, inbox, closed };
  };
  return { clients, log, dial };
}

const MAKE_ROOM = query(1, ".r = room(); .r.set_name('r'); nil;");
const JOIN = request(PACKET.join, 2, ['//stuff', 'r']);
/** An event of 100 kB. */
const BIG = ".r.emit('big', range(10000).reduce(|s, i| s + '0123456789', ''));";
const events = (inbox: Inbox): unknown[] => inbox.all.filter(({ type }) => type === PACKET.roomEmit).map(({ body }) => (body as { args: unknown[] }).args[0]);

test('all hear all events in order', async () => {
  const { dial } = await serve();
  const maker = await dial(MAKE_ROOM);
  const listeners = await Promise.all(Array.from({ length: 300 }, () => dial(JOIN)));
  for (let i = 0; i < 10; i++) maker.socket.write(query(10 + i, `.r.emit('news', ${i});`));
  // The login, the answer of the join, what tells of the join, the events.
  await Promise.all(listeners.map(({ inbox }) => inbox.count(13)));
  for (const { inbox } of listeners) expect(events(inbox)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('who does not read is dropped at a bound, others hear all', async () => {
  const { clients, log, dial } = await serve({ pendingMax: 1 << 20 });
  const maker = await dial(MAKE_ROOM);
  const reader = await dial(JOIN);
  const deaf = await dial(JOIN);
  deaf.socket.pause();
  expect(clients.size).toBe(3);
  // The system buffers a few megabytes for a socket.
  let sent = 0;
  for (; clients.size === 3 && sent < 1_000; sent++) {
    maker.socket.write(query(sent, BIG));
    await maker.inbox.count(3 + sent);
  }
  expect(clients.size).toBe(2);
  expect(log.some(text => text.includes('does not read'))).toBe(true);
  await reader.inbox.count(3 + sent);
  expect(events(reader.inbox).length).toBe(sent);
  deaf.socket.resume();
  await deaf.closed;
});
