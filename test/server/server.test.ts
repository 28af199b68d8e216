/** A whole server, as its configuration asks for it. */
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { ConfigError, readConfig } from '../../src/config/config.ts';
import { Log } from '../../src/config/log.ts';
import { startServer, type RunningServer } from '../../src/server/server.ts';
import { PACKET } from '../../src/wire/packet.ts';
import { Inbox, LOGIN, query } from './wire-client.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Ports that were free a moment ago. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map(server => once(server, 'listening')));
  const ports = servers.map(server => (server.address() as AddressInfo).port);
  await Promise.all(servers.map(server => new Promise(done => server.close(done))));
  return ports;
}

async function start(lines: readonly string[]): Promise<{ server: RunningServer; log: string[]; directory: string }> {
  const directory = mkdtempSync(join(tmpdir(), 'server-'));
  cleanups.push(() => rmSync(directory, { recursive: true }));
  const text = ['[thingsdb]', 'node_name = one', `storage_path = ${directory}/data`, ...lines.map(line => line.replace('DIR', directory))].join('\n');
  const { config } = readConfig({ file: { name: 't.conf', text }, env: {}, machine: { hostName: 'host', home: directory, isRoot: false } });
  const log: string[] = [];
  const server = await startServer(config, new Log(1, false, line => log.push(line), () => new Date(0)), '1.9.3', { create: true, secret: '', rebuild: false, autoRebuild: false, stop: () => {} });
  return { server, log, directory };
}

test('listens on all that is asked for, and ends', async () => {
  const [tcp, http, status] = await freePorts(3);
  const { server, log, directory } = await start([`listen_client_port = ${tcp}`, `http_api_port = ${http}`, `http_status_port = ${status}`, 'pipe_client_name = DIR/pipe', 'max_futures = 1']);
  const get = async (path: string): Promise<string> => (await fetch(`http://127.0.0.1:${status}${path}`)).text();
  expect(await get('/status')).toBe('READY\n');
  const inboxes: Inbox[] = [];
  for (const place of [{ host: '127.0.0.1', port: tcp! }, { path: `${directory}/pipe` }]) {
    const socket = connect(place);
    cleanups.push(() => socket.destroy());
    const inbox = new Inbox();
    socket.on('data', chunk => inbox.push(chunk));
    socket.write(LOGIN);
    socket.write(query(2, '.n = 1; range(2).each(|| future(closure("|| 1"))); 1;'));
    await inbox.count(2);
    expect(inbox.all[1]).toMatchObject({ type: PACKET.error, body: { error_code: -57 } });
    inboxes.push(inbox);
  }
  const metrics = await get('/metrics');
  for (const line of ['thingscope_connections{transport="tcp"} 1', 'thingscope_connections{transport="pipe"} 1', 'thingscope_errors_total{code="-57",name="max_quota_err"} 2', 'thingscope_log_lag_changes 0'])
    expect(metrics).toContain(`${line}\n`);
  expect(server.places.length).toBe(4);
  expect(log.some(line => line.includes('changing status from BUILDING to READY'))).toBe(true);
  await server.close();
  for (const inbox of inboxes) expect(inbox.all.slice(2).map(({ body }) => (body as { status: string }).status)).toEqual(['SHUTTING_DOWN', 'OFFLINE']);
  expect(existsSync(`${directory}/pipe`)).toBe(false);
  await expect(fetch(`http://127.0.0.1:${status}/healthy`)).rejects.toThrow();
});

test('a request over HTTP with an idempotency key is carried out once', async () => {
  const [http] = await freePorts(1);
  const { server } = await start(['listen_client_port = 0', `http_api_port = ${http}`]);
  const ask = async (code: string, key?: string): Promise<string> => {
    const headers = { 'Content-Type': 'application/json', Authorization: `Basic ${btoa('admin:pass')}`, ...(key === undefined ? {} : { 'Idempotency-Key': key }) };
    return (await fetch(`http://127.0.0.1:${http}//stuff`, { method: 'POST', headers, body: JSON.stringify({ type: 'query', code }) })).text();
  };
  await ask('.n = 0;');
  expect([await ask('.n += 1;', 'the first one'), await ask('.n += 1;', 'the first one'), await ask('.n += 1;', 'another one'), await ask('.n += 1;')]).toEqual(['1', '1', '2', '3']);
  expect([await ask('.n += 1; 1 / 0;', 'a failing one'), await ask('.n += 1; 1 / 0;', 'a failing one'), await ask('.n;')]).toEqual([
    'division or modulo by zero (-58)\r\n', 'division or modulo by zero (-58)\r\n', '4',
  ]);
  await server.close();
});

test.each([
  [['ip_support = IPV6ONLY'], /ip_support is IPV6ONLY, but `127\.0\.0\.1`/],
  [['tls_cert_file = DIR/none', 'tls_key_file = DIR/none'], /no TLS: there is no file/],
  [['tls_cert_file = DIR/none'], /no TLS: tls_cert_file and tls_key_file go together/],
])('%j ends the start', async (lines, message) => {
  const error: unknown = await start(['listen_client_port = 0', ...lines]).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(ConfigError);
  expect((error as Error).message).toMatch(message);
});
