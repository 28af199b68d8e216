/**
 * The HTTP API: a POST to a scope's path runs a query or a procedure there. Each request carries its login;
 * bodies and answers are JSON or MessagePack. No rooms, no events.
 *
 * Beside it, below `/api/` and at `/openapi.json`: REST for users and tokens, see `rest/`.
 *
 * Checks in ThingsDB's order: GET / is a page; method, path, login, status of the node, content type, body.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { RequestId } from '../collection/answered.ts';
import { ERR } from '../errors/codes.ts';
import { requests as msg } from '../errors/messages/requests.ts';
import { QueryError, badDataErr } from '../errors/query-error.ts';
import { LOG_LEVEL } from '../host.ts';
import { fromBytes } from '../values/str.ts';
import { JsonSink, jsonToMsgpack } from '../wire/json.ts';
import { KIND, Reader, Writer } from '../wire/msgpack.ts';
import { replay } from '../wire/replay.ts';
import { CLIENT_NAME_MAX } from '../wire/request-id.ts';
import { TooManyAttempts } from './attempts.ts';
import { answersQueries, type Answer, type Backend, type Client, type Scope, type User } from './backend.ts';
import { answerCors, type Origins } from './cors.ts';
import { listen, type Listener, type Place } from './listen.ts';
import { tlsOptions, type Certificate } from './tls.ts';
import { asQueryError, type SessionOptions } from './session.ts';

export interface HttpApiOptions extends Pick<SessionOptions, 'docsUrl' | 'maxBody' | 'log'> {
  /** Shown on the page at `/`. */
  readonly version: string;
  /** Web pages that may use it. */
  readonly origins: Origins;
  /** Null: without TLS. */
  readonly certificate: Certificate | null;
  /** Connections at one time; more are closed at once. */
  readonly maxConnections: number;
}

export function listenHttpApi(backend: Backend, place: Place, options: HttpApiOptions): Promise<Listener> {
  const { origins, certificate } = options;
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    response.on('error', () => {});
    if (answerCors(origins, request, response)) return;
    new Exchange(backend, options, request, response).run().catch(async (error: unknown) => {
      // What failed half-way has made changes too, and may have seen some.
      await backend.durable()?.catch(() => {});
      const known = asQueryError(error, options);
      const status = known instanceof TooManyAttempts ? 429 : (STATUS_OF[known.code] ?? 500);
      send(response, status, 'text/plain', `${known.text(options.docsUrl)} (${known.code})\r\n`);
    });
  };
  const server = certificate === null ? createServer(serve) : createHttpsServer(tlsOptions(certificate), serve);
  server.maxConnections = options.maxConnections;
  return listen(server as Server, place);
}

/** Characters of an idempotency key. */
const KEY_MIN = 8;
const KEY_MAX = 255;

/** Bytes of a body of the REST interface. */
const REST_BODY_MAX = 65_536;

function isRest(url: string): boolean {
  return url === '/openapi.json' || url === '/api' || url.startsWith('/api/');
}

class Exchange {
  private readonly backend: Backend;
  private readonly options: HttpApiOptions;
  private readonly request: IncomingMessage;
  private readonly response: ServerResponse;

  constructor(backend: Backend, options: HttpApiOptions, request: IncomingMessage, response: ServerResponse) {
    this.backend = backend;
    this.options = options;
    this.request = request;
    this.response = response;
  }

  async run(): Promise<void> {
    const { request, response, backend } = this;
    const url = request.url ?? '';
    if (isRest(url)) return this.rest(url);
    if (url === '/' && request.method === 'GET') return send(response, 200, 'text/html', page(this.options.version));
    if (request.method !== 'POST') return this.refuse(405, 'METHOD NOT ALLOWED');
    const scope = this.scope(url);
    if (scope === null) return this.refuse(404, 'NOT FOUND');
    const user = await this.user();
    if (user === null) return this.refuse(401, 'UNAUTHORIZED');
    if (!answersQueries(backend.status) || backend.status === 'SHUTTING_DOWN') return this.refuse(503, 'SERVICE UNAVAILABLE');
    const type = request.headers['content-type'] ?? '';
    const json = isOneOf(JSON_TYPES, type);
    if (!json && !isOneOf(MSGPACK_TYPES, type)) return this.refuse(415, 'UNSUPPORTED MEDIA TYPE');
    const body = await this.body();
    if (body === null) return this.refuse(413, 'PAYLOAD TOO LARGE');
    const packed = json ? unJson(body) : body;
    if (packed === null) return this.refuse(400, 'BAD REQUEST');
    const answer = await this.ask({ user, send: () => {} }, scope, readRequest(packed), this.id());
    send(response, 200, json ? JSON_TYPES[0] : MSGPACK_TYPES[0], json ? toJson(answer) : answer);
  }

  /** Its schemas are a library of some size, which is loaded when it is first asked for. */
  private async rest(url: string): Promise<void> {
    const { request, response, backend, options } = this;
    const { answerRest } = await import('./rest/rest.ts');
    const { status, headers, body } = await answerRest(backend, options, {
      method: request.method ?? '', url, user: () => this.user(), body: () => this.body(Math.min(options.maxBody, REST_BODY_MAX)),
    });
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (!request.complete) response.setHeader('Connection', 'close');
    send(response, status, 'application/json', body);
  }

  private ask(client: Client, scope: Scope, asked: ApiRequest, id: RequestId | null): Uint8Array | Promise<Uint8Array> {
    const out = new Writer();
    const extra = asked.extra === null ? null : new Reader(asked.extra);
    const answer: Answer =
      asked.kind === 'query' ? this.backend.query(client, scope, asked.text, extra, out, id) : this.backend.run(client, scope, asked.text, extra, out, id);
    return this.durable(scope, answer ?? out.detach(0));
  }

  /** Here too nothing leaves before what it has seen is durable. */
  private async durable(scope: Scope, answer: Uint8Array | Promise<Uint8Array>): Promise<Uint8Array> {
    const body = await answer;
    await this.backend.durable(scope);
    return body;
  }

  /** The scope of the path: `/t`, `/node/0`, `//stuff`. Null when it is none. */
  private scope(url: string): Scope | null {
    if (!/^\/[^?#%]*[^?#%/]$/.test(url)) return null;
    try {
      return this.backend.scope(url);
    } catch (error) {
      if (error instanceof QueryError) return null;
      throw error;
    }
  }

  /**
   * The id of a request that may come again, of the header `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header):
   * each key stands for a client with one request. Null without the header.
   */
  private id(): RequestId | null {
    const key = this.request.headers['idempotency-key'];
    if (key === undefined) return null;
    if (this.backend.requestIds() === null) throw badDataErr(msg.noKeys());
    if (typeof key !== 'string' || key.length < KEY_MIN || key.length > KEY_MAX) throw badDataErr(msg.key(KEY_MIN, KEY_MAX));
    const client = createHash('sha256').update(key).digest('base64url').slice(0, CLIENT_NAME_MAX);
    return { client, number: 1, oldest: 1, since: null };
  }

  private async user(): Promise<User | null> {
    const match = /^(basic|token|bearer) +(.+)$/i.exec(this.request.headers.authorization ?? '');
    if (match === null) return null;
    const address = this.request.socket.remoteAddress ?? '';
    try {
      if (match[1]!.toLowerCase() !== 'basic') return await this.backend.loginToken(match[2]!.trim(), address);
      const pair = fromBytes(Buffer.from(match[2]!, 'base64'));
      const colon = pair.indexOf(':');
      return colon < 0 ? null : await this.backend.login(pair.slice(0, colon), pair.slice(colon + 1), address);
    } catch (error) {
      if (!(error instanceof QueryError) || error.code !== ERR.auth) throw error;
      this.options.log(LOG_LEVEL.warning, `authentication failed \`${error.message}\` from \`${address}\``);
      if (error instanceof TooManyAttempts) throw error;
      return null;
    }
  }

  private body(max = this.options.maxBody): Promise<Uint8Array | null> {
    const { request } = this;
    return new Promise((resolve, reject) => {
      const pieces: Buffer[] = [];
      let size = 0;
      request.on('data', (piece: Buffer) => {
        size += piece.length;
        if (size > max) resolve(null);
        else pieces.push(piece);
      });
      request.on('end', () => resolve(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)));
      request.on('error', reject);
    });
  }

  /** Refuses without reading on: what is still to come of the body is not wanted. */
  private refuse(status: number, word: string): void {
    if (!this.request.complete) this.response.setHeader('Connection', 'close');
    send(this.response, status, 'text/plain', `${word}\r\n`);
  }
}

interface ApiRequest {
  readonly kind: 'query' | 'run';
  /** The code, or the name of the procedure. */
  readonly text: string;
  /** Variables or arguments, packed. */
  readonly extra: Uint8Array | null;
}

/** `{type: 'query', code, vars?}` or `{type: 'run', name, args?}`; other keys are ignored. */
function readRequest(packed: Uint8Array): ApiRequest {
  const reader = new Reader(packed);
  if (!isWhole(packed) || reader.kind() !== KIND.map) throw invalidRequest();
  let type = '';
  const texts = new Map<string, string>();
  const extras = new Map<string, Uint8Array>();
  for (let left = reader.map(); left > 0; left--) {
    const key = reader.kind() === KIND.str ? reader.str() : (reader.skip(), '');
    const kind = reader.kind();
    if (key === 'type' && kind === KIND.str) type = reader.str();
    else if ((key === 'code' || key === 'name') && kind === KIND.str) texts.set(key, reader.str());
    else if ((key === 'vars' && kind === KIND.map) || (key === 'args' && (kind === KIND.map || kind === KIND.array))) extras.set(key, reader.item());
    else if (key === 'type' || key === 'code' || key === 'name' || key === 'vars' || key === 'args') throw invalidRequest();
    else reader.skip();
  }
  const text = texts.get(type === 'query' ? 'code' : 'name');
  if ((type !== 'query' && type !== 'run') || text === undefined) throw invalidRequest();
  return { kind: type, text, extra: extras.get(type === 'query' ? 'vars' : 'args') ?? null };
}

function invalidRequest(): QueryError {
  return badDataErr('invalid API request', 'connect/http-api');
}

/** JSON as MessagePack; null when it is no JSON. */
function unJson(body: Uint8Array): Uint8Array | null {
  const out = new Writer(body.length + 64);
  try {
    jsonToMsgpack(fromBytes(body), out);
  } catch (error) {
    if (error instanceof QueryError) return null;
    throw error;
  }
  return out.detach(0);
}

function isWhole(packed: Uint8Array): boolean {
  try {
    new Reader(packed).skip();
    return true;
  } catch {
    return false;
  }
}

function toJson(answer: Uint8Array): string {
  const sink = new JsonSink();
  replay(new Reader(answer), sink);
  return sink.text;
}

/** Content types that a request may have; the first is that of the answer. */
const JSON_TYPES = ['application/json', 'text/json'] as const;
const MSGPACK_TYPES = ['application/msgpack', 'application/x-msgpack'] as const;

const isOneOf = (types: readonly string[], type: string): boolean => types.includes(type);

/** HTTP status of each error code. Codes of users have none: 500, where ThingsDB closes the connection. */
const STATUS_OF: Record<number, number> = {
  [ERR.badData]: 400,
  [ERR.syntax]: 400,
  [ERR.auth]: 401,
  [ERR.forbidden]: 403,
  [ERR.lookup]: 404,
  [ERR.node]: 503,
  [ERR.assert]: 422,
  [ERR.maxQuota]: 422,
  [ERR.zeroDiv]: 422,
  [ERR.overflow]: 422,
  [ERR.value]: 422,
  [ERR.type]: 422,
  [ERR.numArguments]: 422,
  [ERR.operation]: 422,
  [ERR.cancelled]: 422,
};

function send(response: ServerResponse, status: number, type: string, body: string | Uint8Array): void {
  if (response.headersSent) return;
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': bytes.length });
  response.end(bytes);
}

function page(version: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Thingscope API</title></head>
<body>
<h1>Thingscope ${version}</h1>
<p>This is the HTTP API: POST a query to the path of a scope, as <code>/t</code> or <code>//stuff</code>.</p>
</body>
</html>
`;
}
