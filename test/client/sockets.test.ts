/** The client over real sockets: every kind of address, a server that is killed and started again, a proxy that cuts. */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect as connectTcp, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';
import { createContext, Script } from 'node:vm';
import { WebSocket } from 'ws';
import { afterEach, expect, test } from 'vitest';
import { testHost } from '../../src/check/test-host.ts';
import type { Engine } from '../../src/engine.ts';
import { ERR } from '../../src/errors/codes.ts';
import { connect, type ThingscopeError } from '../../src/index.ts';
import { Clients } from '../../src/server/clients.ts';
import { LocalBackend } from '../../src/server/local.ts';
import type { Listener, Place } from '../../src/server/listen.ts';
import { listenTcp } from '../../src/server/tcp.ts';
import { asCertificate } from '../../src/server/tls.ts';
import { listenWs } from '../../src/server/ws.ts';
import { newEngine } from './net.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const cert = readFileSync(`${root}test/server/localhost.cert`, 'utf8');
const key = readFileSync(`${root}test/server/localhost.key`, 'utf8');

type Kind = 'tcp' | 'tls' | 'ws' | 'wss' | 'pipe';

async function serve(engine: Engine, kind: Kind, port = 0): Promise<{ url: string; port: number; kill: () => Promise<void> }> {
  const clients = new Clients(new LocalBackend(engine));
  const dir = kind === 'pipe' ? mkdtempSync(join(tmpdir(), 'client-')) : '';
  const place: Place = kind === 'pipe' ? { path: join(dir, 'a pipe') } : { host: '127.0.0.1', port };
  const certificate = kind === 'tls' || kind === 'wss' ? asCertificate(cert, key) : null;
  const listener: Listener = await (kind === 'ws' || kind === 'wss' ? listenWs : listenTcp)(clients, place, certificate);
  const kill = async (): Promise<void> => {
    clients.close();
    await listener.close();
    if (dir !== '') rmSync(dir, { recursive: true });
  };
  return { url: kind === 'pipe' ? `pipe:${dir}/a%20pipe` : `${kind}://${certificate === null ? '127.0.0.1' : 'localhost'}:${listener.port}`, port: listener.port, kill };
}

test.each(['tcp', 'tls', 'ws', 'wss', 'pipe'] as const)('over %s, values of every kind', async kind => {
  const server = await serve(newEngine(), kind);
  const db = await connect(server.url, { tls: { ca: cert } });
  cleanups.push(server.kill, () => db.close());
  const vars = { i: 5, big: 2n ** 62n, f: 0.5, s: 'é', b: new Uint8Array([1, 2]), l: [true, null], t: { a: 1 }, d: new Date(0) };
  expect(await db.query('//stuff', '[i, big, f, s, b, l, t, d, is_int(i), is_float(f), is_bytes(b)]', vars)).toEqual(
    [5, 2n ** 62n, 0.5, 'é', new Uint8Array([1, 2]), [true, null], { a: 1 }, '1970-01-01T00:00:00Z', true, true, true]);
  expect(await db.query('//stuff', 'text.len()', { text: 'x'.repeat(300_000) })).toBe(300_000);
});

test.each(['tls', 'wss'] as const)('over %s a certificate that nobody vouches for is refused', async kind => {
  const server = await serve(newEngine(), kind);
  cleanups.push(server.kill);
  await expect(connect(server.url)).rejects.toThrow(new RegExp(`cannot connect to ${kind}:.*certificate`));
});

test('addresses that make no sense', async () => {
  await expect(connect('http://127.0.0.1:1')).rejects.toThrow('an address starts with ws:, wss:, tcp:, tls: or pipe:');
  await expect(connect('somewhere')).rejects.toThrow('cannot connect to `somewhere`');
  await expect(connect([])).rejects.toThrow('an address is needed');
});

test.each(['tcp', 'ws'] as const)('over %s, a server that is killed and started again', async kind => {
  const engine = newEngine();
  let server = await serve(engine, kind);
  cleanups.push(() => server.kill());
  let lost = (): void => {};
  const db = await connect(server.url, { retryDelay: 5, onLost: () => lost() });
  cleanups.push(() => db.close());
  await db.query(".n = 0; .chat = room(); .chat.set_name('chat');");
  const room = await db.room('//stuff', 'chat').join();
  for (let round = 1; round <= 3; round++) {
    const gone = new Promise<void>(resolve => (lost = resolve));
    await server.kill();
    await gone;
    const asked = db.query('.n += 1');
    const joined = new Promise(resolve => (room.onJoin = resolve));
    server = await serve(engine, kind, server.port);
    expect(await asked).toBe(round);
    expect(await joined).toBe(true);
    const heard = new Promise(resolve => (room.onEmit = (event, args) => resolve([event, args])));
    await db.query('.chat.emit("hello", .n)');
    expect(await heard).toEqual(['hello', [round]]);
  }
});

test('a proxy that cuts connections by a seed', async () => {
  const engine = newEngine();
  const server = await serve(engine, 'tcp');
  const proxy = await cuttingProxy(server.port, 7);
  const db = await connect(proxy.url, { retryDelay: 1, retryDelayMax: 5 });
  cleanups.push(server.kill, proxy.close, () => db.close());
  await db.with({ repeat: true }).query('.n = 0');
  const count = { acknowledged: 0, unknown: 0 };
  const worker = async (): Promise<void> => {
    for (let i = 0; i < 50; i++) {
      await db.query('.n += 1').then(() => count.acknowledged++, (e: ThingscopeError) => {
        if (e.code !== ERR.requestCancel) throw e;
        count.unknown++;
      });
      expect(await db.query<number>('.n')).toBeGreaterThanOrEqual(count.acknowledged);
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  const n = await db.query<number>('.n');
  expect(proxy.cuts()).toBeGreaterThan(3);
  expect(count.acknowledged + count.unknown).toBe(400);
  expect(n).toBeGreaterThanOrEqual(count.acknowledged);
  expect(n).toBeLessThanOrEqual(count.acknowledged + count.unknown);
});

test('the client for browsers needs nothing of Node', async () => {
  const server = await serve(newEngine(), 'ws');
  cleanups.push(server.kill);
  const { outputFiles } = await build({
    absWorkingDir: root, entryPoints: ['src/client.ts'], bundle: true, write: false, format: 'iife', globalName: 'thingscope', platform: 'neutral',
    target: 'es2022', minify: true, logLevel: 'silent',
  });
  const context = createContext({ crypto, TextEncoder, TextDecoder, WebSocket, ArrayBuffer, Uint8Array, setTimeout, clearTimeout, queueMicrotask, url: server.url, answer: null });
  expect(new Script('typeof process + typeof require + typeof Buffer').runInContext(context)).toBe('undefined'.repeat(3));
  new Script(`${outputFiles[0]!.text}
    answer = (async () => {
      const db = await thingscope.connect(url);
      await db.query(".chat = room(); .chat.set_name('chat');");
      const room = await db.room('//stuff', 'chat').join();
      const heard = new Promise(resolve => room.on('hello', resolve));
      await room.emit('hello', 'Iris');
      const error = await db.query('nope()').catch(e => e.name);
      const said = await heard;
      await db.close();
      return [said, error].join();
    })()`).runInContext(context);
  expect(await (context['answer'] as Promise<string>)).toBe('Iris,lookup_err');
  // Small enough for a page.
  expect(outputFiles[0]!.text.length).toBeLessThan(50_000);
});

/** Passes bytes on, and cuts each connection after a random number of them, of either direction. */
async function cuttingProxy(port: number, seed: number): Promise<{ url: string; cuts: () => number; close: () => void }> {
  const { random } = testHost({ seed });
  let cuts = 0;
  const sockets = new Set<Socket>();
  const proxy = createServer(near => {
    const far = connectTcp(port, '127.0.0.1');
    let left = Math.floor(200 + random() * 6_000);
    const end = (): void => {
      for (const socket of [near, far]) {
        sockets.delete(socket);
        socket.destroy();
      }
    };
    for (const [from, to] of [[near, far], [far, near]] as const) {
      sockets.add(from);
      from.on('data', chunk => {
        to.write(chunk.subarray(0, left));
        left -= chunk.length;
        if (left > 0) return;
        cuts++;
        end();
      });
      from.on('error', () => {});
      from.on('close', end);
    }
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `tcp://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    cuts: () => cuts,
    close: () => {
      proxy.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
