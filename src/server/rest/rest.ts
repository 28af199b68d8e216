/** The REST interface: finds the route of a request, checks its body, and answers JSON, errors too. */
import type { ZodError } from 'zod';
import { ERR } from '../../errors/codes.ts';
import { isTokenId } from '../../system/token.ts';
import { Reader, Writer } from '../../wire/msgpack.ts';
import { packPlain } from '../../wire/pack-plain.ts';
import { unpackPlain } from '../../wire/plain.ts';
import { TooManyAttempts } from '../attempts.ts';
import { answersQueries, type Backend, type Client, type User } from '../backend.ts';
import { asQueryError, type SessionOptions } from '../session.ts';
import { openApi } from './openapi.ts';
import { ROUTES, type Ask, type Route } from './routes.ts';

export interface RestRequest {
  readonly method: string;
  readonly url: string;
  /** Who asks, null without a login or with a wrong one. Throws {@link TooManyAttempts}. */
  readonly user: () => Promise<User | null>;
  /** Null when it is too large. */
  readonly body: () => Promise<Uint8Array | null>;
}

export interface RestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface RestOptions extends Pick<SessionOptions, 'docsUrl' | 'log'> {
  readonly version: string;
}

/** What is wrong with a request, for who made it. */
class Refusal {
  readonly status: number;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly errors: readonly { path: string; message: string }[] | undefined;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}, errors?: readonly { path: string; message: string }[]) {
    this.status = status;
    this.message = message;
    this.headers = headers;
    this.errors = errors;
  }
}

export async function answerRest(backend: Backend, options: RestOptions, request: RestRequest): Promise<RestAnswer> {
  try {
    const { status, value } = await answer(backend, options, request);
    return { status, headers: {}, body: JSON.stringify(value) };
  } catch (error) {
    const { status, message, headers, errors } = error instanceof Refusal ? error : refusal(error, options);
    return { status, headers, body: JSON.stringify({ code: status, message, ...(errors === undefined ? {} : { errors }) }) };
  }
}

async function answer(backend: Backend, options: RestOptions, request: RestRequest): Promise<{ status: number; value: unknown }> {
  const path = request.url.replace(/[?#].*$/s, '');
  if (path === '/openapi.json') {
    if (request.method !== 'GET') throw notAllowed(['GET']);
    return { status: 200, value: openApi(options.version) };
  }
  const { route, params } = find(request.method, path);
  const user = await request.user();
  if (user === null) throw new Refusal(401, 'no login, or a wrong one', { 'WWW-Authenticate': 'Bearer' });
  if (!answersQueries(backend.status) || backend.status === 'SHUTTING_DOWN') throw new Refusal(503, 'the node is not ready');
  // No key may come in a path: paths are logged everywhere.
  if (params['id'] !== undefined && !isTokenId(params['id'])) throw new Refusal(404, 'token not found');
  const body = route.body === undefined ? undefined : valid(route.body, await request.body());
  const value = await route.run(asker(backend, { user, send: () => {} }), params, body as never);
  await backend.durable();
  return { status: route.status, value };
}

function find(method: string, path: string): { route: Route; params: Record<string, string> } {
  const parts = path.split('/');
  const fitting = ROUTES.filter(route => {
    const wanted = route.path.split('/');
    return wanted.length === parts.length && wanted.every((part, i) => part === parts[i] || (part.startsWith('{') && parts[i] !== ''));
  });
  if (fitting.length === 0) throw new Refusal(404, 'there is no such path');
  const route = fitting.find(route => route.method === method);
  if (route === undefined) throw notAllowed(fitting.map(({ method }) => method));
  const params: Record<string, string> = {};
  route.path.split('/').forEach((part, i) => {
    if (part.startsWith('{')) params[part.slice(1, -1)] = decoded(parts[i]!);
  });
  return { route, params };
}

function notAllowed(methods: readonly string[]): Refusal {
  return new Refusal(405, `use ${methods.join(' or ')}`, { Allow: methods.join(', ') });
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Refusal(404, 'there is no such path');
  }
}

function valid(schema: NonNullable<Route['body']>, bytes: Uint8Array | null): unknown {
  if (bytes === null) throw new Refusal(413, 'the body is too large', { Connection: 'close' });
  let body: unknown;
  try {
    body = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Refusal(400, 'the body is not JSON');
  }
  const checked = schema.safeParse(body);
  if (checked.success) return checked.data;
  throw new Refusal(400, 'the body is not valid', {}, issues(checked.error));
}

function issues(error: ZodError): { path: string; message: string }[] {
  return error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message }));
}

function asker(backend: Backend, client: Client): Ask {
  return async (code, vars = {}) => {
    const packed = new Writer();
    packPlain(packed, vars);
    const out = new Writer();
    const late = backend.query(client, backend.scope('@thingsdb'), code, new Reader(packed.copy()), out);
    return unpackPlain(late === undefined ? out.copy() : await late);
  };
}

/** HTTP status of each error code. Those that are not here are our own mistakes. */
const STATUS_OF: Readonly<Record<number, number>> = {
  [ERR.auth]: 401,
  [ERR.forbidden]: 403,
  [ERR.lookup]: 404,
  [ERR.assert]: 409,
  [ERR.badData]: 400,
  [ERR.value]: 400,
  [ERR.type]: 400,
  [ERR.overflow]: 400,
  [ERR.maxQuota]: 422,
  [ERR.operation]: 422,
  [ERR.node]: 503,
};

function refusal(error: unknown, options: RestOptions): Refusal {
  if (error instanceof TooManyAttempts) return new Refusal(429, error.message, { 'Retry-After': String(error.seconds) });
  const known = asQueryError(error, options);
  const status = STATUS_OF[known.code] ?? 500;
  return new Refusal(status, known.text(options.docsUrl), status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {});
}
