/**
 * etcd as the coordinator, by the JSON gateway that every etcd serves on its client port (`/v3/…`). Six calls are all
 * that is needed, so a few screens over Node's own HTTP client stand in for a gRPC stack with its thirty packages.
 *
 * A call goes to the endpoint that answered last; when that fails the next call goes to the next one. Calls are never
 * repeated here: whoever asked does not know what was done, and asks again in its own way.
 */
import { Agent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as TlsAgent, request as httpsRequest } from 'node:https';
import type { SecureContextOptions } from 'node:tls';
import type { CommitResult, Condition, Coordinator, Operation, Range, ReadResult, Watcher } from './coordinator.ts';

export interface EtcdOptions {
  /** `http://host:2379` or `https://…`, at least one. */
  readonly endpoints: readonly string[];
  /** Null for an etcd that asks for none. */
  readonly login: { readonly name: string; readonly password: string } | null;
  readonly tls: Pick<SecureContextOptions, 'ca' | 'cert' | 'key'>;
  /** Milliseconds until an answer must be there, and until a watch must have been heard of. */
  readonly timeoutMs: number;
}

const PORT = '2379';
/** Bytes of one answer, or of one message of a watch. */
const ANSWER_MAX = 64 << 20;
/** Characters that are shown of what makes no sense. */
const TEXT_MAX = 200;
const LINE_END = 10;

interface PackedPair {
  readonly key: string;
  readonly value?: string;
  readonly create_revision?: string;
}

interface Header {
  readonly header: { readonly revision?: string };
}

export class EtcdError extends Error {
  override name = 'EtcdError';
}

/** Splits what the configuration says: `http://a:2379,b:2379`. Throws an {@link EtcdError} that says what is wrong. */
export function parseEndpoints(text: string): string[] {
  return text.split(',').map(part => part.trim()).filter(part => part !== '').map(part => {
    const full = part.includes('://') ? part : `http://${part}`;
    if (!URL.canParse(full) || !/^https?:$/.test(new URL(full).protocol)) throw new EtcdError(`\`${part}\` is no address of an etcd: expecting http://host:port`);
    const url = new URL(full);
    return `${url.protocol}//${url.hostname}:${url.port === '' ? PORT : url.port}`;
  });
}

export class Etcd implements Coordinator {
  private readonly options: EtcdOptions;
  private readonly agents: { readonly 'http:': Agent; readonly 'https:': TlsAgent };
  private readonly watches = new Set<ClientRequest>();
  private current = 0;
  private token: string | null = null;
  /** This machine's address as the etcd that answered last sees it; '' before. */
  localAddress = '';

  constructor(options: EtcdOptions) {
    this.options = options;
    this.agents = { 'http:': new Agent({ keepAlive: true }), 'https:': new TlsAgent({ keepAlive: true, ...options.tls }) };
  }

  async read({ from, to, limit = 0, descending = false, keysOnly = false }: Range): Promise<ReadResult> {
    const answer = await this.call('kv/range', {
      key: pack(from), range_end: pack(to), limit: String(limit), keys_only: keysOnly,
      ...(descending ? { sort_order: 'DESCEND', sort_target: 'KEY' } : {}),
    }) as Header & { readonly kvs?: readonly PackedPair[] };
    return { revision: Number(answer.header.revision), pairs: (answer.kvs ?? []).map(readPair) };
  }

  async commit(when: readonly Condition[], then: readonly Operation[]): Promise<CommitResult> {
    const answer = await this.call('kv/txn', {
      compare: when.map(({ key, created }) => ({ key: pack(key), target: 'CREATE', result: 'EQUAL', create_revision: String(created) })),
      success: then.map(operation => ('put' in operation
        ? { request_put: { key: pack(operation.put), value: packBytes(operation.value), lease: operation.lease ?? '0' } }
        : { request_delete_range: { key: pack(operation.remove), ...(operation.to === undefined ? {} : { range_end: pack(operation.to) }) } })),
    }) as Header & { readonly succeeded?: boolean };
    return { done: answer.succeeded === true, revision: Number(answer.header.revision) };
  }

  async grant(seconds: number): Promise<string> {
    return (await this.call('lease/grant', { TTL: String(seconds) }) as { readonly ID: string }).ID;
  }

  async refresh(lease: string): Promise<boolean> {
    const { result } = await this.call('lease/keepalive', { ID: lease }) as { readonly result: { readonly TTL?: string } };
    return Number(result.TTL ?? 0) > 0;
  }

  async compact(revision: number): Promise<void> {
    try {
      await this.call('kv/compaction', { revision: String(revision) });
    } catch (e) {
      // Someone else, or etcd itself, has compacted further.
      if (!(e instanceof EtcdError) || !e.message.includes('compacted')) throw e;
    }
  }

  watch({ from, to }: Range, revision: number, watcher: Watcher): () => void {
    let over = false;
    const lost = (why: Error): void => {
      if (over) return;
      over = true;
      this.watches.delete(request);
      request.destroy();
      this.tryNext(used);
      watcher.lost(why);
    };
    const body = JSON.stringify({ create_request: { key: pack(from), range_end: pack(to), start_revision: String(revision), fragment: true } });
    const used = this.current;
    const request = this.send('watch', body, response => {
      if (response.statusCode !== 200) return lost(new EtcdError(`etcd answers ${String(response.statusCode)} to a watch`));
      const lines = new Lines(line => {
        const { result, error } = JSON.parse(line) as WatchMessage;
        if (error !== undefined || result === undefined || result.canceled === true) {
          return lost(new EtcdError(result?.compact_revision === undefined ? 'etcd ended the watch' : 'the revision is forgotten'));
        }
        // A commit of several parts comes in fragments of one message: each is in order all the same.
        const events = (result.events ?? []).map(({ type, kv }) => ({ ...readPair(kv), ...(type === 'DELETE' ? { value: null } : {}) }));
        if (events.length > 0 && !over) watcher.changed(events, Number(result.header.revision));
      });
      response.on('data', (chunk: Buffer) => {
        if (!over && !lines.push(chunk)) lost(new EtcdError('a message of a watch is too long'));
      });
      response.once('end', () => lost(new EtcdError('etcd ended the watch')));
      response.once('error', lost);
    });
    this.watches.add(request);
    request.once('error', lost);
    return () => {
      over = true;
      this.watches.delete(request);
      request.destroy();
    };
  }

  /** Ends all watches and connections. */
  close(): void {
    for (const request of this.watches) request.destroy();
    for (const agent of Object.values(this.agents)) agent.destroy();
  }

  private async call(path: string, body: unknown): Promise<unknown> {
    if (this.options.login !== null && this.token === null) await this.authenticate();
    try {
      return await this.ask(path, body);
    } catch (e) {
      // A token ends some minutes after its last use, and when etcd is restarted.
      if (e instanceof EtcdError && /invalid auth token/.test(e.message)) this.token = null;
      throw e;
    }
  }

  private async authenticate(): Promise<void> {
    const { token } = await this.ask('auth/authenticate', this.options.login) as { readonly token: string };
    this.token = token;
  }

  private ask(path: string, body: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const used = this.current;
      const fail = (error: Error): void => {
        this.tryNext(used);
        reject(error);
      };
      const request = this.send(path, JSON.stringify(body), response => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          if ((bytes += chunk.length) > ANSWER_MAX) response.destroy(new EtcdError('an answer of etcd is too long'));
          else chunks.push(chunk);
        });
        response.once('error', fail);
        response.once('end', () => {
          clearTimeout(timer);
          const text = Buffer.concat(chunks).toString();
          try {
            const answer = JSON.parse(text) as { readonly error?: string };
            if (response.statusCode === 200) resolve(answer);
            else reject(new EtcdError(answer.error ?? `etcd answers ${String(response.statusCode)}`));
          } catch {
            // Not by etcd itself, but by what stands before it.
            fail(new EtcdError(`etcd answers ${String(response.statusCode)}: ${text.trim().slice(0, TEXT_MAX)}`));
          }
        });
      });
      const timer = setTimeout(() => request.destroy(new EtcdError('etcd does not answer')), this.options.timeoutMs);
      request.once('error', error => {
        clearTimeout(timer);
        fail(error);
      });
    });
  }

  private send(path: string, body: string, answered: (response: IncomingMessage) => void): ClientRequest {
    const url = new URL(`/v3/${path}`, this.options.endpoints[this.current]);
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = send(url, {
      method: 'POST', agent: this.agents[url.protocol as 'http:' | 'https:'],
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...(this.token === null ? {} : { authorization: this.token }) },
    }, answered);
    request.once('socket', socket => {
      const note = (): void => void (this.localAddress = socket.localAddress ?? '');
      if (socket.connecting) socket.once('connect', note);
      else note();
    });
    request.end(body);
    return request;
  }

  private tryNext(failed: number): void {
    if (this.current === failed) this.current = (failed + 1) % this.options.endpoints.length;
  }
}

interface WatchMessage {
  readonly error?: unknown;
  readonly result?: Header & {
    readonly canceled?: boolean;
    readonly compact_revision?: string;
    readonly events?: readonly { readonly type?: string; readonly kv: PackedPair }[];
  };
}

/** Finds the lines in a stream of chunks. */
class Lines {
  private readonly line: (text: string) => void;
  private pieces: Buffer[] = [];
  private bytes = 0;

  constructor(line: (text: string) => void) {
    this.line = line;
  }

  /** False: a line is too long. */
  push(chunk: Buffer): boolean {
    for (let from = 0; from < chunk.length;) {
      const end = chunk.indexOf(LINE_END, from);
      const piece = chunk.subarray(from, end < 0 ? chunk.length : end);
      this.pieces.push(piece);
      this.bytes += piece.length;
      if (this.bytes > ANSWER_MAX) return false;
      if (end < 0) return true;
      const text = Buffer.concat(this.pieces).toString();
      this.pieces = [];
      this.bytes = 0;
      if (text !== '') this.line(text);
      from = end + 1;
    }
    return true;
  }
}

function pack(text: string): string {
  return Buffer.from(text).toString('base64');
}

function packBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}

function readPair({ key, value = '', create_revision: created = '0' }: PackedPair): { key: string; value: Uint8Array; created: number } {
  return { key: Buffer.from(key, 'base64').toString(), value: new Uint8Array(Buffer.from(value, 'base64')), created: Number(created) };
}
