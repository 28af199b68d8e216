/** A database on a server: Thingscope's or ThingsDB's own. */
import { Connection, RemoteError } from '../client/connection.ts';
import { Writer } from '../wire/msgpack.ts';
import { PACKET } from '../wire/packet.ts';
import { packPlain } from '../wire/pack-plain.ts';
import type { Plain } from '../wire/plain.ts';
import type { Database, Vars } from './database.ts';
import { ThingscopeError } from './error.ts';
import type { AnyArgs, AnyName, DatabaseSchema, ProcedureArgs, ProcedureResult, Untyped } from './schema.ts';

export interface ConnectOptions {
  /** User name; default `admin`. Not with a token. */
  readonly user?: string;
  /** Default `pass`, as on a server that was just started. */
  readonly password?: string;
  /** Log in with a token instead. */
  readonly token?: string;
  /** Scope of queries that name none. Default `'//stuff'`. */
  readonly scope?: string;
}

/**
 * Connects and logs in.
 *
 * @param url `ws://127.0.0.1:9270`, `wss://…`, `tcp://127.0.0.1:9200`, `tls://…`, `pipe:/path`.
 */
export async function connect<S extends DatabaseSchema = Untyped>(url: string, options: ConnectOptions = {}): Promise<RemoteDatabase<S>> {
  const connection = await Connection.open(url);
  const database = new RemoteDatabase<S>(connection, options.scope ?? '//stuff');
  try {
    await database.login(options);
  } catch (e) {
    connection.close();
    throw e;
  }
  return database;
}

export class RemoteDatabase<S extends DatabaseSchema = Untyped> implements Database<S> {
  readonly connection: Connection;
  private readonly scope: string;
  private readonly out = new Writer();

  constructor(connection: Connection, scope: string) {
    this.connection = connection;
    this.scope = scope;
  }

  async login(options: ConnectOptions): Promise<void> {
    await this.ask(PACKET.auth, options.token ?? [options.user ?? 'admin', options.password ?? 'pass'], '');
  }

  async query<T = Plain>(scopeOrCode: string, code?: string, vars?: Vars): Promise<T> {
    const [scope, text] = code === undefined ? [this.scope, scopeOrCode] : [scopeOrCode, code];
    return this.ask(PACKET.query, vars === undefined ? [scope, text] : [scope, text, vars], text) as Promise<T>;
  }

  run<T = Plain>(scope: string, procedure: AnyName<S>, ...args: AnyArgs<S>): Promise<T>;
  run<N extends keyof S['procedures'] & string>(scope: string, procedure: N, ...args: ProcedureArgs<S['procedures'][N]>): Promise<ProcedureResult<S['procedures'][N]>>;
  async run(scope: string, procedure: string, args?: readonly unknown[] | Vars): Promise<unknown> {
    return this.ask(PACKET.run, args === undefined ? [scope, procedure] : [scope, procedure, args], '');
  }

  async ping(): Promise<void> {
    await this.connection.request(PACKET.ping, new Uint8Array(0));
  }

  private async ask(type: number, body: unknown, source: string): Promise<Plain> {
    const { out } = this;
    out.reset();
    packPlain(out, body);
    try {
      return await this.connection.request(type, out.copy());
    } catch (e) {
      throw e instanceof RemoteError ? new ThingscopeError(e, source) : e;
    }
  }

  async close(): Promise<void> {
    this.connection.close();
  }
}
