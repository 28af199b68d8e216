import { connect } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NODE_STATUS, type NodeStatus } from '../../src/server/backend.ts';
import { parseOrigins } from '../../src/server/cors.ts';
import { listenHttpApi } from '../../src/server/http-api.ts';
import { listenHttpStatus } from '../../src/server/http-status.ts';
import type { Listener } from '../../src/server/listen.ts';
import { Writer } from '../../src/wire/msgpack.ts';
import { unpackPlain } from '../../src/wire/plain.ts';
import { FakeBackend } from './fake-backend.ts';

const LOCAL = { host: '127.0.0.1', port: 0 };
const NO_ORIGINS: ReadonlySet<string> = new Set();

describe('the HTTP API', () => {
  let backend: FakeBackend;
  let api: Listener;
  const log: string[] = [];

  beforeEach(async () => {
    backend = new FakeBackend();
    api = await listenHttpApi(backend, LOCAL, { docsUrl: '', maxBody: 10_000, version: '1.2.3', origins: NO_ORIGINS, certificate: null, maxConnections: 2, log: (_, text) => log.push(text) });
  });
  afterEach(() => api.close());

  const BASIC = `Basic ${Buffer.from('admin:pass').toString('base64')}`;

  async function post(path: string, body: string | Uint8Array, headers: Record<string, string> = {}): Promise<{ status: number; type: string | null; text: string; bytes: Uint8Array }> {
    const response = await fetch(`http://127.0.0.1:${api.port}${path}`, {
      method: 'POST',
      body: body as string,
      headers: { 'Content-Type': 'application/json', Authorization: BASIC, ...headers },
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    return { status: response.status, type: response.headers.get('content-type'), text: Buffer.from(bytes).toString(), bytes };
  }

  const ask = (asked: object): string => JSON.stringify({ type: 'query', ...asked });

  test.each([
    ['//stuff', ask({ code: 'user' }), 200, '"admin"'],
    ['/t', ask({ code: 'scope' }), 200, '"/t"'],
    ['//stuff', '{"type":"query","code":"vars","vars":{"a":1.0,"b":[1,null,"é"]}}', 200, '{"a":1.0,"b":[1,null,"é"]}'],
    ['//stuff', ask({ code: 'float' }), 200, '1.5'],
    ['//stuff', ask({ code: 'x', other: [{}] }), 200, '"x"'],
    ['//stuff', '{"type":"run","name":"p"}', 200, '["p",null]'],
    ['//stuff', '{"type":"run","name":"p","args":[1,2]}', 200, '["p",[1,2]]'],
    ['//stuff', '{"type":"run","name":"p","args":{"b":2}}', 200, '["p",{"b":2}]'],
    ['//stuff', '{"args":[1],"name":"p","type":"run"}', 200, '["p",[1]]'],
    ['//stuff', ask({ code: 'bytes' }), 422, 'type `bytes` is not JSON serializable (-61)\r\n'],
    ['//stuff', ask({ code: 'fail' }), 404, 'function `fail` is undefined (-54)\r\n'],
    ['//stuff', ask({ code: 'custom' }), 500, 'my own (-100)\r\n'],
    ['//stuff', ask({ code: 'bug' }), 500, 'internal error (-1)\r\n'],
    ['/t/', ask({ code: 'x' }), 404, 'NOT FOUND\r\n'],
    ['/t?x=1', ask({ code: 'x' }), 404, 'NOT FOUND\r\n'],
    ['/x', ask({ code: 'x' }), 404, 'NOT FOUND\r\n'],
    ['/', ask({ code: 'x' }), 404, 'NOT FOUND\r\n'],
    ['//stuff', 'no json', 400, 'BAD REQUEST\r\n'],
    ['//stuff', '', 400, 'BAD REQUEST\r\n'],
    ['//stuff', ask({ code: 'vars', vars: { a: 1 } }).replace(':1', ':12345678901234567890'), 400, 'BAD REQUEST\r\n'],
    ...['[1]', '{"code":"1"}', '{"type":"qq","code":"1"}', '{"type":"query"}', '{"type":"query","code":1}', '{"type":"query","code":"1","vars":null}', '{"type":"run","name":"p","args":null}', '{"type":"run","name":1}'].map(
      (body) => ['//stuff', body, 400, 'invalid API request (-53)\r\n'] as const,
    ),
  ] as const)('POST %s %s', async (path, body, status, text) => {
    const answer = await post(path, body);
    expect([answer.status, answer.text]).toEqual([status, text]);
    expect(answer.type).toBe(status === 200 ? 'application/json' : 'text/plain');
  });

  test.each(['Bearer token', 'token token', 'TOKEN token', BASIC.replace('Basic', 'basic')])('login by %s', async (Authorization) => {
    expect((await post('//stuff', ask({ code: 'x' }), { Authorization })).status).toBe(200);
  });

  test.each(['', 'Bearer wrong', 'Foo bar', 'Basic', `Basic ${Buffer.from('admin:x').toString('base64')}`, `Basic ${Buffer.from('admin').toString('base64')}`])('no login by %j', async (Authorization) => {
    const answer = await post('//stuff', ask({ code: 'x' }), { Authorization });
    expect([answer.status, answer.text]).toEqual([401, 'UNAUTHORIZED\r\n']);
  });

  test('an idempotency key is the id of a request', async () => {
    const idOf = async (key: string): Promise<unknown> => {
      const { status, text } = await post('//stuff', ask({ code: 'id', vars: {} }), { 'Idempotency-Key': key });
      return status === 200 ? JSON.parse((JSON.parse(text) as string[])[1]!) : [status, text];
    };
    expect(await idOf('8e03978e-40d5-43e8-bc93-6894a57f9324')).toMatchObject([400, expect.stringContaining('remembers no requests')]);
    backend.ids = { max: 10, count: 0 };
    const one = await idOf('8e03978e-40d5-43e8-bc93-6894a57f9324');
    expect(one).toEqual({ client: expect.stringMatching(/^[\w-]{32}$/) as string, number: 1, oldest: 1, since: null });
    expect(await idOf('8e03978e-40d5-43e8-bc93-6894a57f9324')).toEqual(one);
    expect(await idOf('8e03978e-40d5-43e8-bc93-6894a57f9325')).not.toEqual(one);
    for (const key of ['1234567', 'x'.repeat(256)]) expect(await idOf(key)).toEqual([400, 'an `Idempotency-Key` has 8 to 255 characters (-53)\r\n']);
    expect((await post('//stuff', ask({ code: 'id', vars: {} }))).text).toBe('[{},"null"]');
  });

  test('MessagePack', async () => {
    const out = new Writer();
    out.map(3);
    for (const text of ['type', 'query', 'code', 'vars', 'vars']) out.str(text);
    out.map(1);
    out.str('a');
    out.bin(new Uint8Array([1]));
    for (const type of ['application/msgpack', 'application/x-msgpack']) {
      const answer = await post('//stuff', out.copy(), { 'Content-Type': type });
      expect([answer.status, answer.type]).toEqual([200, 'application/msgpack']);
      expect(unpackPlain(answer.bytes)).toEqual({ a: new Uint8Array([1]) });
    }
    expect((await post('//stuff', out.copy().slice(0, 9), { 'Content-Type': 'application/msgpack' })).text).toBe('invalid API request (-53)\r\n');
    expect((await post('//stuff', ask({ code: 'x' }), { 'Content-Type': 'text/json' })).type).toBe('application/json');
  });

  test('other content types, methods and states', async () => {
    expect((await post('//stuff', '{}', { 'Content-Type': 'application/json; charset=utf-8' })).text).toBe('UNSUPPORTED MEDIA TYPE\r\n');
    const put = await fetch(`http://127.0.0.1:${api.port}/t`, { method: 'PUT', body: 'x' });
    expect([put.status, await put.text()]).toEqual([405, 'METHOD NOT ALLOWED\r\n']);
    const page = await fetch(`http://127.0.0.1:${api.port}/`);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html']);
    expect(await page.text()).toContain('1.2.3');
    backend.status = 'SHUTTING_DOWN';
    expect((await post('//stuff', ask({ code: 'x' }))).status).toBe(503);
  });

  test('a large body is refused', async () => {
    expect((await post('//stuff', ask({ code: 'x'.repeat(20_000) }))).status).toBe(413);
  });

  test('an answer that comes later, and none before it is durable', async () => {
    const answer = post('//stuff', ask({ code: 'wait' }));
    while (backend.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    let durable = (): void => {};
    let asked = (): void => {};
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    const gate = new Promise<void>((resolve) => (durable = resolve));
    backend.durable = () => (asked(), gate);
    backend.wake();
    await isAsked;
    let early = false;
    void answer.then(() => (early = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(early).toBe(false);
    durable();
    expect((await answer).text).toBe('"waited"');
  });

  test('connections beyond the bound are closed', async () => {
    const dial = async () => {
      const socket = connect(api.port, '127.0.0.1');
      socket.on('error', () => {});
      await once(socket, 'connect');
      return socket;
    };
    const open = [await dial(), await dial()];
    for (const socket of open) {
      // That it is answered shows that it was taken.
      socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      await once(socket, 'data');
    }
    const third = await dial();
    third.resume();
    await once(third, 'close');
    for (const socket of open) socket.destroy();
  });

  test('garbage is closed', async () => {
    const socket = connect(api.port, '127.0.0.1');
    socket.write('\x01\x02garbage\r\n\r\n');
    socket.resume();
    await once(socket, 'close');
  });
});

describe('web pages of other origins', () => {
  const ASK = { Origin: 'https://a.example', 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization,content-type' };
  /** What the browser looks at: status, and the headers of CORS. */
  async function answer(origins: string, init: RequestInit): Promise<Record<string, unknown>> {
    const api = await listenHttpApi(new FakeBackend(), LOCAL, { docsUrl: '', maxBody: 1_000, version: '', origins: parseOrigins(origins), certificate: null, maxConnections: 100, log: () => {} });
    try {
      const response = await fetch(`http://127.0.0.1:${api.port}//stuff`, init);
      await response.arrayBuffer();
      const named = [...response.headers].filter(([name]) => name.startsWith('access-control') || name === 'vary');
      return { status: response.status, ...Object.fromEntries(named) };
    } finally {
      await api.close();
    }
  }
  const ALLOWED = { 'access-control-allow-origin': 'https://a.example', vary: 'Origin' };

  test.each(['https://a.example', 'https://b.example, https://a.example/', '*'])('that are allowed by %j may ask, send and read', async origins => {
    expect(await answer(origins, { method: 'OPTIONS', headers: ASK })).toEqual({
      status: 204, ...ALLOWED, 'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE', 'access-control-allow-headers': 'Authorization, Content-Type, Idempotency-Key', 'access-control-max-age': '3600',
    });
    const headers = { Origin: 'https://a.example', 'Content-Type': 'application/json', Authorization: 'Bearer token' };
    const body = '{"type":"query","code":"x"}';
    expect(await answer(origins, { method: 'POST', headers, body })).toEqual({ status: 200, ...ALLOWED });
    // An error must be readable too.
    expect(await answer(origins, { method: 'POST', headers: { Origin: 'https://a.example' }, body })).toEqual({ status: 401, ...ALLOWED });
  });

  test.each(['', 'https://b.example', 'http://a.example', 'a.example'])('that are not allowed by %j get nothing of it', async origins => {
    expect(await answer(origins, { method: 'OPTIONS', headers: ASK })).toEqual({ status: 405, ...(origins === '' ? {} : { vary: 'Origin' }) });
  });

  test('who is no page notices nothing', async () => {
    expect(await answer('*', { method: 'OPTIONS' })).toEqual({ status: 405 });
  });
});

describe('the HTTP status service', () => {
  const source: { status: NodeStatus } = { status: 'READY' };
  let service: Listener;
  beforeEach(async () => {
    service = await listenHttpStatus(source, { contentType: 'text/plain; version=0.0.4', text: () => Promise.resolve('a 1\n') }, LOCAL);
  });
  afterEach(() => service.close());

  async function get(path: string, method = 'GET'): Promise<string> {
    const response = await fetch(`http://127.0.0.1:${service.port}${path}`, { method });
    return `${response.status} ${await response.text()}`;
  }

  test('tells each status', async () => {
    const seen: Record<string, string[]> = {};
    for (const status of Object.values(NODE_STATUS)) {
      source.status = status;
      expect(await get('/')).toBe(await get('/status'));
      seen[status] = [await get('/status'), await get('/ready'), await get('/healthy')];
    }
    const nok = ['503 NOK\n', '503 NOK\n', '200 OK\n'];
    expect(seen).toEqual({
      OFFLINE: nok,
      CONNECTING: nok,
      CONNECTED: nok,
      BUILDING: nok,
      SHUTTING_DOWN: nok,
      SYNCHRONIZING: ['200 SYNCHRONIZING\n', '503 NOK\n', '200 OK\n'],
      AWAY: ['200 AWAY\n', '200 OK\n', '200 OK\n'],
      AWAY_SOON: ['200 AWAY\n', '200 OK\n', '200 OK\n'],
      READY: ['200 READY\n', '200 OK\n', '200 OK\n'],
    });
  });

  test('has metrics', async () => {
    const response = await fetch(`http://127.0.0.1:${service.port}/metrics`);
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([200, 'text/plain; version=0.0.4', 'a 1\n']);
  });

  test('knows no other path or method', async () => {
    expect(await get('/x')).toBe('404 NOT FOUND\n');
    expect(await get('/ready?x')).toBe('404 NOT FOUND\n');
    expect(await get('/ready', 'POST')).toBe('405 METHOD NOT ALLOWED\n');
  });
});
