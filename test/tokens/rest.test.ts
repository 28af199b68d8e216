/** The REST interface over HTTP, in the words of each of the systems whose requests it takes. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { testHost } from '../../src/check/test-host.ts';
import { Engine } from '../../src/engine.ts';
import { listenHttpApi } from '../../src/server/http-api.ts';
import type { Listener } from '../../src/server/listen.ts';
import { LocalBackend } from '../../src/server/local.ts';
import { ROUTES } from '../../src/server/rest/routes.ts';
import { START, userNamed } from '../engine/setup.ts';

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown> & { plain_token: string; personal_access_token: Record<string, unknown> & { id: string } };
}

let engine: Engine;
let clock: { now: number };
let api: Listener;
let key: string;
const log: string[] = [];

beforeEach(async () => {
  clock = { now: START };
  engine = new Engine({ host: testHost({ now: () => clock.now }) });
  engine.init();
  api = await listenHttpApi(new LocalBackend(engine, null, { perAddress: 5 }), { host: '127.0.0.1', port: 0 }, { docsUrl: '', maxBody: 100_000, version: '1.2.3', maxConnections: 100, origins: new Set(), certificate: null, log: (_, text) => log.push(text) });
  key = system("new_token('admin');") as string;
  system("new_user('anna'); grant('//stuff', 'anna', QUERY | RUN); grant('@t', 'anna', QUERY | CHANGE);");
  system("new_user('bert');");
});
afterEach(() => api.close());

/** A query of admin in `@thingsdb`. */
function system(code: string): unknown {
  return engine.query({ user: userNamed(engine, 'admin'), scope: { kind: 'thingsdb' }, code }, (_q, value) => value);
}

async function ask(method: string, path: string, body?: unknown, login = `Bearer ${key}`): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${api.port}${path}`, {
    method, headers: login === '' ? {} : { Authorization: login }, ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  expect(response.headers.get('content-type')).toBe('application/json');
  const answer = (await response.json()) as Answer['body'];
  const route = ROUTES.find(route => route.method === method && new RegExp(`^${route.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(path.replace(/\?.*/, '')));
  // What is answered is what the document says.
  if (route !== undefined && response.status === route.status) expect(() => route.answer.parse(answer)).not.toThrow();
  return { status: response.status, headers: response.headers, body: answer };
}

const statusOf = async (...args: Parameters<typeof ask>): Promise<number> => (await ask(...args)).status;
const TOKENS = '/api/users/anna/tokens';

describe('the same token, made', () => {
  const want = {
    id: expect.stringMatching(/^tok_/), name: 'ci', description: '', user: 'anna', created_by: 'admin', created_at: '2026-01-01T00:00:00Z',
    expiration_date: '2026-01-31T00:00:00Z', last_used: null, access: 'read_only', privileges: null, scopes: null, procedures: null, rooms: null,
  };

  test.each([
    ['in our words', { name: 'ci', expiration: '30 days', access: 'read_only' }],
    ["in NetBird's", { name: 'ci', expires_in: 30, access: 'read_only' }],
    ["in MotherDuck's", { name: 'ci', ttl: 2_592_000, token_type: 'read_scaling' }],
    ["in Datasette's", { name: 'ci', expires_after: 2_592_000, access: 'read_only' }],
  ])('%s', async (_words, body) => {
    const { status, body: answer } = await ask('POST', TOKENS, body);
    expect([status, answer.personal_access_token]).toEqual([201, want]);
    expect(answer.plain_token).toMatch(/^tsk_[0-9A-Za-z]{28}$/);
    expect(engine.login(answer.plain_token).id).toBe(answer.personal_access_token.id);
  });

  test('by the language', async () => {
    system("new_token('anna', '30 days', '', {name: 'ci', access: 'read_only'});");
    expect((await ask('GET', TOKENS)).body).toEqual([want]);
  });
});

describe('restrictions', () => {
  const want = {
    access: 'read_write', privileges: ['QUERY'], scopes: [['@collection:stuff', ['CHANGE', 'RUN']]],
    procedures: [['@collection:stuff', 'clean_up']], rooms: [['@thingsdb', 'x']].slice(1),
  };

  test('in our words', async () => {
    const { body } = await ask('POST', TOKENS, { privileges: ['QUERY'], scopes: [['//stuff', ['CHANGE', 'RUN']]], procedures: [['//stuff', 'clean_up']], rooms: [] });
    expect(body.personal_access_token).toMatchObject(want);
  });

  test("of three depths, in Datasette's words", async () => {
    const { body } = await ask('POST', TOKENS, { restrict_all: ['QUERY'], restrict_database: { '//stuff': ['CHANGE', 'RUN'] }, restrict_resource: { '//stuff': { clean_up: ['RUN'] } } });
    expect(body.personal_access_token).toMatchObject(want);
    const room = await ask('POST', TOKENS, { restrict_resource: { '//stuff': { lobby: ['JOIN'] } } });
    expect(room.body.personal_access_token).toMatchObject({ privileges: [], scopes: [], procedures: [], rooms: [['@collection:stuff', 'lobby']] });
  });
});

describe('tokens', () => {
  test('for ever, until a moment, and never less than what the forms allow', async () => {
    for (const body of [{}, { expiration: 'never' }]) expect((await ask('POST', TOKENS, body)).body.personal_access_token['expiration_date']).toBe(null);
    expect((await ask('POST', TOKENS, { expiration: '2030-01-01' })).body.personal_access_token['expiration_date']).toBe('2030-01-01T00:00:00Z');
    for (const body of [{ expires_in: 0 }, { expires_in: 366 }, { expires_in: 1.5 }, { ttl: 299 }, { ttl: 31_536_001 }, { expires_after: 0 }, { expiration: '0 days' }, { expiration: '2020-01-01' }, { expiration: 'soon' }]) {
      expect(await statusOf('POST', TOKENS, body), JSON.stringify(body)).toBe(400);
    }
  });

  test('are listed, shown and removed by id, of a user by name or id', async () => {
    const { plain_token, personal_access_token: made } = (await ask('POST', TOKENS, { name: 'one' })).body;
    const { id } = made;
    const anna = userNamed(engine, 'anna');
    for (const user of ['anna', String(anna.id)]) {
      expect((await ask('GET', `/api/users/${user}/tokens`)).body).toEqual([made]);
      expect((await ask('GET', `/api/users/${user}/tokens/${id}`)).body).toEqual(made);
    }
    clock.now += 60;
    expect(await statusOf('GET', TOKENS, undefined, `Bearer ${plain_token}`)).toBe(200);
    expect((await ask('GET', `${TOKENS}/${id}`)).body['last_used']).toBe('2026-01-01T00:01:00Z');
    expect((await ask('DELETE', `${TOKENS}/${id}`)).body).toEqual({});
    expect(await statusOf('GET', `${TOKENS}/${id}`)).toBe(404);
    expect(await statusOf('DELETE', `${TOKENS}/${id}`)).toBe(404);
    expect(await statusOf('GET', TOKENS, undefined, `Bearer ${plain_token}`)).toBe(401);
  });

  test('of another user are not found under a user, nor are keys', async () => {
    const { plain_token, personal_access_token } = (await ask('POST', TOKENS, {})).body;
    for (const path of [`/api/users/bert/tokens/${personal_access_token.id}`, `${TOKENS}/${plain_token}`, `${TOKENS}/tok_AAAAAAAAAAAA`, `${TOKENS}/x`]) {
      expect(await statusOf('GET', path)).toBe(404);
      expect(await statusOf('DELETE', path)).toBe(404);
    }
    expect(engine.system.tokens.size).toBe(2);
  });

  test('of oneself need no GRANT, those of others do', async () => {
    const anna = `Bearer ${system("new_token('anna');")}`;
    expect(await statusOf('POST', TOKENS, { name: 'mine' }, anna)).toBe(201);
    expect(await statusOf('GET', `/api/users/${userNamed(engine, 'anna').id}/tokens`, undefined, anna)).toBe(200);
    for (const user of ['bert', 'admin', 'nobody', '1', '99']) {
      expect(await statusOf('POST', `/api/users/${user}/tokens`, {}, anna)).toBe(403);
      expect(await statusOf('GET', `/api/users/${user}/tokens`, undefined, anna)).toBe(403);
    }
    const limited = `Bearer ${system("new_token('admin', nil, '', {name: 'small', privileges: QUERY});")}`;
    expect((await ask('POST', '/api/users/admin/tokens', {}, limited)).body).toEqual({ code: 403, message: 'token `small` is missing the required privileges (`CHANGE`) on scope `@thingsdb`' });
  });
});

describe('users', () => {
  test('are made, shown, changed and removed', async () => {
    const { status, body } = await ask('POST', '/api/users', { name: 'carl', password: 'pw' });
    const carl = { id: String(userNamed(engine, 'carl').id), name: 'carl', created_at: '2026-01-01T00:00:00Z', has_password: true, privileges: [] };
    expect([status, body]).toEqual([201, carl]);
    expect(await statusOf('POST', '/api/users', { name: 'carl' })).toBe(409);
    expect((await ask('GET', '/api/users')).body).toHaveLength(4);
    expect((await ask('PATCH', '/api/users/carl', { name: 'cora', password: null })).body).toEqual({ ...carl, name: 'cora', has_password: false });
    expect(await statusOf('PATCH', '/api/users/cora', { name: 'anna' })).toBe(409);
    expect(await statusOf('GET', '/api/users/carl')).toBe(404);
    expect((await ask('GET', `/api/users/${carl.id}`)).body['name']).toBe('cora');
    expect((await ask('DELETE', '/api/users/cora')).body).toEqual({});
    expect(await statusOf('DELETE', '/api/users/cora')).toBe(404);
    expect(await statusOf('DELETE', '/api/users/admin')).toBe(422);
  });

  test('log in with the password that they were given', async () => {
    await ask('POST', '/api/users', { name: 'carl', password: 'pw' });
    await ask('PUT', '/api/users/carl/privileges', { scope: '@thingsdb', privileges: ['QUERY'] });
    const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
    expect(await statusOf('GET', '/api/users/carl', undefined, basic('carl:pw'))).toBe(200);
    expect(await statusOf('GET', '/api/users/carl', undefined, basic('carl:no'))).toBe(401);
  });

  test('have privileges, which are set by scope', async () => {
    const path = '/api/users/anna/privileges';
    expect((await ask('PUT', path, { scope: '//stuff', privileges: ['QUERY', 'CHANGE'] })).body).toEqual([
      { scope: '@thingsdb', privileges: ['QUERY', 'CHANGE'] }, { scope: '@collection:stuff', privileges: ['QUERY', 'CHANGE'] },
    ]);
    expect((await ask('PUT', path, { scope: '//stuff', privileges: [] })).body).toEqual([{ scope: '@thingsdb', privileges: ['QUERY', 'CHANGE'] }]);
    expect(await statusOf('PUT', path, { scope: '//nope', privileges: [] })).toBe(404);
    expect(await statusOf('PUT', path, { scope: 'nonsense', privileges: [] })).toBe(400);
    // Nobody takes QUERY and GRANT from themselves.
    expect(await statusOf('PUT', '/api/users/admin/privileges', { scope: '@t', privileges: ['QUERY'] })).toBe(422);
  });
});

test('the audit is for administrators', async () => {
  const { id } = (await ask('POST', TOKENS, { name: 'one' })).body.personal_access_token;
  await ask('DELETE', `${TOKENS}/${id}`);
  const entries = (await ask('GET', '/api/audit')).body as unknown as Record<string, unknown>[];
  expect(entries.filter(entry => entry['token'] === id)).toEqual(
    ['made', 'removed'].map(what => ({ at: '2026-01-01T00:00:00Z', what, token: id, name: 'one', user: 'anna', by: 'admin' })));
  expect(await statusOf('GET', '/api/audit', undefined, `Bearer ${system("new_token('anna');")}`)).toBe(403);
});

describe('refused is', () => {
  test('who does not log in, or wrong; after too many with 429', async () => {
    const { status, headers, body } = await ask('GET', '/api/users', undefined, '');
    expect([status, headers.get('www-authenticate'), body]).toEqual([401, 'Bearer', { code: 401, message: 'no login, or a wrong one' }]);
    for (let i = 0; i < 5; i++) expect(await statusOf('GET', '/api/users', undefined, 'Bearer wrong')).toBe(401);
    const refused = await ask('GET', '/api/users');
    expect([refused.status, refused.body['message']]).toEqual([429, expect.stringMatching(/^too many failed log-ins/)]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(200);
    expect(log.filter(line => /Bearer|wrong from/.test(line))).toEqual([]);
  });

  test('a bad body, with a list of what is wrong', async () => {
    const { status, body } = await ask('POST', TOKENS, { name: 5, expires_in: 400, foo: 1, ttl: 300, procedures: [['//stuff']] });
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 400, message: 'the body is not valid' });
    const paths = (body['errors'] as { path: string }[]).map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['name', 'expires_in', 'procedures.0']));
    const both = await ask('POST', TOKENS, { expires_in: 30, ttl: 300 });
    expect(both.body['errors']).toEqual([{ path: 'ttl', message: 'cannot be given together with expires_in' }]);
    for (const text of ['', '{', 'null', '[]', '"x"', '5']) expect(await statusOf('POST', TOKENS, text), text).toBe(400);
    expect(await statusOf('POST', TOKENS, { description: 'x'.repeat(200_000) })).toBe(413);
  });

  test('an unknown path or user, and another method', async () => {
    for (const path of ['/api', '/api/', '/api/users/', '/api/nope', '/api/users/anna/tokens/', '/api/users/%ff', '/api/users/nobody', '/api/users/99']) expect(await statusOf('GET', path), path).toBe(404);
    const { status, headers } = await ask('PUT', '/api/users');
    expect([status, headers.get('allow')]).toEqual([405, 'GET, POST']);
    expect(await statusOf('POST', '/openapi.json')).toBe(405);
  });

  test('everything while the node is not ready', async () => {
    await api.close();
    const backend = new LocalBackend(engine);
    backend.status = 'SHUTTING_DOWN';
    api = await listenHttpApi(backend, { host: '127.0.0.1', port: 0 }, { docsUrl: '', maxBody: 1000, version: '', maxConnections: 100, origins: new Set(), certificate: null, log: () => {} });
    expect(await statusOf('GET', '/api/users')).toBe(503);
  });
});

describe('/openapi.json', () => {
  interface Document {
    openapi: string;
    paths: Record<string, Record<string, { operationId: string; parameters?: { name: string }[]; requestBody?: unknown; responses: object }>>;
    components: { schemas: Record<string, { properties: object; not?: object }> };
  }

  test('describes every route, for whoever asks', async () => {
    const document = (await ask('GET', '/openapi.json', undefined, '')).body as unknown as Document;
    expect(document.openapi).toBe('3.1.0');
    const operations = Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })));
    expect(operations.map(({ path, method }) => `${method.toUpperCase()} ${path}`).sort()).toEqual(ROUTES.map(({ path, method }) => `${method} ${path}`).sort());
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(ROUTES.length);
    for (const { path, operation } of operations) expect((operation.parameters ?? []).map(({ name }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
  });

  test('has no reference that leads nowhere, and says which words exclude each other', async () => {
    const { body } = await ask('GET', '/openapi.json', undefined, '');
    const document = body as unknown as Document;
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name!);
    expect(references.length).toBeGreaterThan(20);
    for (const name of references) expect(document.components.schemas).toHaveProperty(name);
    expect(Object.keys(document.components.schemas['TokenRequest']!.properties)).toContain('expires_in');
    expect(JSON.stringify(document.components.schemas['TokenRequest']!.not)).toContain('["expires_in","ttl"]');
  });
});
