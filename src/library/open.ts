/** A database in this process: the interpreter without any server. */
import { BackupRunner } from '../backup/backup-runner.ts';
import { memoryKeeper, restorer } from '../backup/restore.ts';
import { AUDIT_TEXT_SIZE } from '../cause.ts';
import { changeRecord, type ChangeRecord } from '../change-record.ts';
import { Engine } from '../engine.ts';
import { storage as storageMsg } from '../errors/messages/store.ts';
import { QueryError } from '../errors/query-error.ts';
import { StoreError } from '../errors/store-error.ts';
import { packContext, varsContext } from '../evaluator/contexts.ts';
import type { Limits } from '../evaluator/limits.ts';
import type { Host } from '../host.ts';
import type { JavaScriptModule } from '../modules/javascript.ts';
import { NodeModules } from '../modules/modules.ts';
import { nodeHost } from '../node/host.ts';
import { startTicking } from '../node/ticker.ts';
import { AUDIT_KEEP, type KeepOptions } from '../store/retention.ts';
import { Store, type Durability } from '../store/store.ts';
import { parseScope, type ScopeName } from '../system/scope.ts';
import type { User } from '../system/user.ts';
import { PlainSink, type Plain } from '../wire/plain.ts';
import { pack } from '../wire/result.ts';
import { plainArgs, plainVars } from '../wire/vars.ts';
import type { Database, Vars } from './database.ts';
import { ThingscopeError } from './error.ts';
import { Feed } from './feed.ts';
import { readQueryArgs } from './query-args.ts';
import type { AnyArgs, AnyName, DatabaseSchema, ProcedureArgs, ProcedureResult, Untyped } from './schema.ts';

export interface OpenOptions {
  /** Directory to keep the data in, made when it is not there; no other process may use it meanwhile. Default: in memory only. */
  readonly path?: string;
  /**
   * With a path: `strict` (default) answers when all that the answer has seen is on disk; `relaxed` answers at once
   * and syncs every 100 ms.
   */
  readonly durability?: Durability;
  /** Milliseconds for which this thread may wait while a change becomes durable; syncs that take longer are made on another one. 0: never. Default 0.5. */
  readonly inlineSyncMs?: number;
  /**
   * With a path: for how many seconds the changes that a start does not need any more are kept (default 0), and how many
   * bytes of them at most (1 GiB), so that {@link LocalDatabase.changes} and `thingscope recover` go back that far.
   */
  readonly keep?: Partial<KeepOptions>;
  /**
   * Says with each change what made it: {@link ChangeRecord.audit}. With a path it is kept with the change, for 30 days if
   * `keep` says no other time. `textSize`: characters of a query, or of a call with its arguments (default 1000).
   */
  readonly audit?: boolean | { readonly textSize?: number };
  /** Scope of queries that name none. Default `'//stuff'`. */
  readonly scope?: string;
  /** Bounds of queries; see `Limits`. */
  readonly limits?: Partial<Limits>;
  /** Time, randomness, secrets and log; default: those of this machine, without a log. */
  readonly host?: Partial<Host>;
  /** Address before the page at the end of error texts; default none. */
  readonly docsUrl?: string;
  /** Compile to JavaScript what runs often; default true. Where code from strings is not allowed all is interpreted in any case. */
  readonly codegen?: boolean;
  /** Modules by name, for queries to call. Those that the database does not know are made. They run in this process. */
  readonly modules?: Readonly<Record<string, JavaScriptModule>>;
  /**
   * Directory of modules that are files: programs in processes of their own, and JavaScript in threads. Default: none
   * of these is run.
   */
  readonly modulesPath?: string;
  /** What starts modules in Python. Default `python3`. */
  readonly pythonInterpreter?: string;
}

/** Changes that wait for a slow reader of {@link LocalDatabase.changes} before it is told that it has missed some. */
const CHANGES_WAITING_MAX = 100_000;

/**
 * Opens a database in this process: with a `path` the one that is kept there. A new one starts as ThingsDB does, with
 * user `admin` and collection `stuff`.
 */
export async function open<S extends DatabaseSchema = Untyped>(options: OpenOptions = {}): Promise<LocalDatabase<S>> {
  const engine = new Engine({
    host: { ...nodeHost(), ...options.host },
    ...(options.limits === undefined ? {} : { limits: options.limits }),
    ...(options.docsUrl === undefined ? {} : { docsUrl: options.docsUrl }),
    ...(options.codegen === undefined ? {} : { codegen: options.codegen }),
    ...(audited(options) ? { audit: { textSize: textSizeOf(options) } } : {}),
  });
  let store: Store | null = null;
  if (options.path === undefined) engine.init();
  else {
    store = await Store.open(engine, options.path, {
      durability: options.durability ?? 'strict', inlineSyncMs: options.inlineSyncMs, create: true,
      keep: { ...(audited(options) ? AUDIT_KEEP : {}), ...options.keep },
    });
  }
  let modules: NodeModules | null;
  let db: LocalDatabase<S>;
  try {
    const backups = store === null
      ? new BackupRunner(() => engine, { directory: null })
      : new BackupRunner(() => engine, { directory: options.path!, created: store.created, durable: () => store.durable() });
    modules = runModules(engine, options);
    db = new LocalDatabase<S>(engine, options.scope ?? '//stuff', store, backups, modules);
  } catch (e) {
    await store?.close();
    throw e;
  }
  try {
    for (const name of Object.keys(options.modules ?? {})) await db.query('@t', 'if (!has_module(name)) new_module(name, name);', { name });
    await modules?.settled();
    return db;
  } catch (e) {
    await db.close();
    throw e;
  }
}

function audited({ audit = false }: OpenOptions): boolean {
  return audit !== false;
}

function textSizeOf({ audit }: OpenOptions): number {
  return (typeof audit === 'object' ? audit.textSize : undefined) ?? AUDIT_TEXT_SIZE;
}

function runModules(engine: Engine, { modules, modulesPath = '', pythonInterpreter = 'python3' }: OpenOptions): NodeModules | null {
  if (modules === undefined && modulesPath === '') return null;
  return new NodeModules(engine, { path: modulesPath, python: pythonInterpreter, objects: modules ?? {}, log: engine.host.log });
}

export class LocalDatabase<S extends DatabaseSchema = Untyped> implements Database<S> {
  /** The engine itself, for those who build their own edges. */
  readonly engine: Engine;
  private readonly scope: string;

  private readonly store: Store | null;
  private readonly backups: BackupRunner;
  private readonly modules: NodeModules | null;
  private readonly stopTicking: () => void;
  private readonly feeds = new Set<Feed<ChangeRecord>>();

  constructor(engine: Engine, scope: string, store: Store | null, backups: BackupRunner, modules: NodeModules | null) {
    this.engine = engine;
    engine.host.node.restore = restorer(engine, store ?? memoryKeeper(engine));
    this.scope = scope;
    this.store = store;
    this.backups = backups;
    this.modules = modules;
    this.stopTicking = startTicking(() => engine);
  }

  /** Who queries are run by: the first user. */
  private get user(): User {
    const { system } = this.engine;
    return system.usersById.get(1) ?? system.users[0]!;
  }

  query<T = Plain>(scope: string, code: string, vars?: Vars): Promise<T>;
  query<T = Plain>(code: string): Promise<T>;
  query<T = Plain>(template: TemplateStringsArray, ...values: unknown[]): Promise<T>;
  async query<T = Plain>(first: string | TemplateStringsArray, ...rest: unknown[]): Promise<T> {
    const { scope = this.scope, code, vars } = readQueryArgs(first, rest);
    return this.answer(scope, code, name =>
      this.engine.query(
        { user: this.user, scope: name, code, ...(vars === undefined ? {} : { vars: q => plainVars(vars, varsContext(q)) }) },
        (q, value) => {
          const sink = new PlainSink();
          pack(value, sink, packContext(q));
          return sink.result as T;
        },
      ));
  }

  run<T = Plain>(scope: string, procedure: AnyName<S>, ...args: AnyArgs<S>): Promise<T>;
  run<N extends keyof S['procedures'] & string>(scope: string, procedure: N, ...args: ProcedureArgs<S['procedures'][N]>): Promise<ProcedureResult<S['procedures'][N]>>;
  async run(scope: string, procedure: string, args?: readonly unknown[] | Vars): Promise<unknown> {
    return this.answer(scope, '', name =>
      this.engine.run(
        { user: this.user, scope: name, procedure, args: (q, parameters) => plainArgs(args, procedure, parameters, varsContext(q)) },
        (q, value) => {
          const sink = new PlainSink();
          pack(value, sink, packContext(q));
          return sink.result;
        },
      ));
  }

  private async answer<T>(scope: string, source: string, ask: (name: ScopeName) => T | Promise<T>): Promise<T> {
    let name: ScopeName | null = null;
    try {
      name = parseScope(scope);
      const answer = await ask(name);
      await this.store?.durable(name);
      return answer;
    } catch (e) {
      // What failed half-way has made changes too.
      await this.store?.durable(name)?.catch(() => {});
      throw e instanceof QueryError ? new ThingscopeError(e, source) : e;
    }
  }

  /**
   * All changes from now on, in order; with `from` those from that id on, as far back as the log of a database with a path
   * goes. Ends when the iteration is left or the database is closed; throws when the reader falls too far behind.
   *
   * @throws {StoreError} when changes are asked for that are not in the log any more, or never were in one.
   */
  changes({ from }: { readonly from?: number } = {}): AsyncIterableIterator<ChangeRecord> {
    const now = this.newChanges();
    return from === undefined || from > this.engine.changeId ? now : this.changesFrom(from, now);
  }

  private async *changesFrom(from: number, now: AsyncIterableIterator<ChangeRecord>): AsyncGenerator<ChangeRecord> {
    const { engine, store } = this;
    try {
      if (store === null) throw new StoreError(storageMsg.noLog(from));
      const last = engine.changeId;
      for await (const changes of store.changes(from)) {
        for (const change of changes) if (change.id <= last) yield changeRecord(engine, change);
      }
      for await (const change of now) if (change.id > last) yield change;
    } finally {
      await now.return!();
    }
  }

  private newChanges(): Feed<ChangeRecord> {
    const { engine, feeds } = this;
    const feed: Feed<ChangeRecord> = new Feed('changes', CHANGES_WAITING_MAX, () => {
      unsubscribe();
      feeds.delete(feed);
    });
    const unsubscribe = engine.onChange(change => feed.add(changeRecord(engine, change)));
    feeds.add(feed);
    return feed;
  }

  async close(): Promise<void> {
    this.stopTicking();
    await this.backups.stop();
    for (const feed of [...this.feeds]) feed.end();
    await this.modules?.close();
    await this.store?.close();
  }
}
