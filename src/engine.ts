/**
 * The engine: state, built-ins and evaluator joined. A query goes through it from text to answer; what it
 * changed comes out as one change. The last file that runs in a browser: it knows no socket, file or clock.
 */
import type { Query as QueryTree } from '../grammar/ast.ts';
import { parse } from '../grammar/parser.ts';
import { describing } from './collection/describe.ts';
import { Change, EventTable, type ChangeEvent } from './collection/event.ts';
import { DATA_EVENTS } from './collection/events.ts';
import { ERR } from './errors/codes.ts';
import { QueryError, forbiddenErr, lookupErr, operationErr, valueErr } from './errors/query-error.ts';
import { access as accessMsg } from './errors/messages/access.ts';
import { limits as limitMsg } from './errors/messages/limits.ts';
import { scope as scopeMsg } from './errors/messages/scope.ts';
import { CHANGES, type FunctionCode } from './evaluator/code.ts';
import { DEFAULT_LIMITS, type Limits } from './evaluator/limits.ts';
import { Query } from './evaluator/query.ts';
import { resolveQuery } from './evaluator/resolve.ts';
import { ALL } from './functions/all.gen.ts';
import { Registry } from './functions/registry.ts';
import type { Host } from './host.ts';
import { PRIVILEGE, maskText } from './system/access.ts';
import { SYSTEM_EVENTS, newCollection, newUser, scopeNumber, setAccess, setPassword } from './system/events.ts';
import { SystemReplica } from './system/replica.ts';
import type { ScopeName } from './system/scope.ts';
import { scopeText } from './system/scope.ts';
import { System, type AccessScope } from './system/system.ts';
import type { User } from './system/user.ts';
import type { Value } from './values/value.ts';

export interface EngineOptions {
  readonly host: Host;
  readonly limits?: Partial<Limits>;
  /** Address before the page at the end of error texts, as `https://docs.example.org/v1`; '' leaves it out. */
  readonly docsUrl?: string;
}

/** One change as it goes to the log, to replicas and to those who listen. */
export interface CommittedChange {
  /** Position in the one order of changes. */
  readonly id: number;
  /** Id of the collection, or 0 for `@thingsdb`. */
  readonly scope: number;
  readonly events: Uint8Array;
}

/** Values by name that a query is given, made once the collection is known. */
export type Vars = (q: Query) => Iterable<readonly [string, Value]> | null;

export interface Request {
  readonly user: User;
  readonly scope: ScopeName;
  readonly code: string;
  readonly vars?: Vars;
}

/** What the engine shares between all queries of one process: the built-ins are the same for every engine. */
const registry = new Registry(ALL);

export class Engine {
  readonly system: System;
  readonly host: Host;
  readonly limits: Limits;
  readonly docsUrl: string;
  readonly registry: Registry;
  /** Id of the last change. */
  changeId: number;
  private readonly systemReplica: SystemReplica;
  private readonly dataEvents: EventTable;
  private readonly systemEvents: EventTable;
  private readonly cache: Map<string, FunctionCode>;
  private readonly listeners: Set<(change: CommittedChange) => void>;

  constructor(options: EngineOptions) {
    this.system = new System();
    this.host = options.host;
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.docsUrl = options.docsUrl ?? '';
    this.registry = registry;
    this.changeId = 0;
    this.systemReplica = new SystemReplica(this.system);
    this.dataEvents = new EventTable(DATA_EVENTS);
    this.systemEvents = new EventTable(SYSTEM_EVENTS);
    this.cache = new Map();
    this.listeners = new Set();
  }

  /** The state of a first start: user `admin` with password `pass` and full access, and collection `stuff`. */
  init(): void {
    const change = new Change(++this.changeId, 0);
    const to = this.systemReplica;
    const now = Math.floor(this.host.now());
    change.do(newUser, to, { id: 1, name: 'admin', createdAt: now });
    change.do(setPassword, to, { user: 1, hash: this.host.secrets.hashPassword('pass') });
    for (const scope of ['node', 'thingsdb'] as const) {
      change.do(setAccess, to, { scope: scopeNumber(scope), user: 1, mask: PRIVILEGE.FULL, remove: false });
    }
    change.do(newCollection, to, { id: 2, name: 'stuff', createdAt: now, zone: 'UTC', deep: 1, user: 1 });
    this.commit(change);
  }

  /** Calls `listener` for each change, in order, the moment it is made. Gives what ends that. */
  onChange(listener: (change: CommittedChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Repeats a change that another node, or this one before its last start, has made. */
  apply(change: CommittedChange): void {
    if (change.scope === 0) {
      this.systemEvents.apply(change.events, this.systemReplica);
    } else {
      const replica = this.system.replicas.get(change.scope);
      if (replica !== undefined) {
        this.dataEvents.apply(change.events, replica);
        replica.collection.sweep();
      }
    }
    this.changeId = change.id;
    for (const listener of this.listeners) listener(change);
  }

  /** The events of a change, for people and tools. */
  describe(change: CommittedChange): ChangeEvent[] {
    return (change.scope === 0 ? this.systemEvents : this.dataEvents).describe(change.events, describing);
  }

  /** Name of the scope that a change belongs to: `@thingsdb`, `@collection:stuff`. */
  scopeOfChange(change: CommittedChange): string {
    if (change.scope === 0) return '@thingsdb';
    return `@collection:${this.system.collectionsById.get(change.scope)?.name ?? change.scope}`;
  }

  /**
   * Runs a query and hands its value to `finish`, which packs it: packing may still call closures of the query
   * (a wrap's methods). Throws a QueryError, with its place, when the query fails; what it did before stays.
   */
  query<T>(request: Request, finish: (q: Query, value: Value) => T): T {
    const { user, scope } = request;
    const { system } = this;
    const collection = scope.kind === 'collection' ? system.collectionsByName.get(scope.name) ?? null : null;
    if (scope.kind === 'collection' && collection === null) throw lookupErr(scopeMsg.collectionNotFound(scope.name));
    if (scope.kind === 'node' && scope.id !== null && scope.id !== system.nodeId) throw lookupErr(scopeMsg.nodeNotFound(scope.id));
    const access: AccessScope = collection?.id ?? (scope.kind as 'thingsdb' | 'node');
    this.require(user, access, PRIVILEGE.QUERY, scope);
    const code = this.compile(request.code);
    const bit = scope.kind === 'collection' ? CHANGES.collection : scope.kind === 'thingsdb' ? CHANGES.thingsdb : 0;
    let change: Change | null = null;
    if ((code.changes & bit) !== 0) {
      this.require(user, access, PRIVILEGE.CHANGE, scope);
      change = new Change(++this.changeId, collection?.id ?? 0);
    }
    const q = new Query({
      system, kind: scope.kind, collection, replica: collection === null ? null : system.replicas.get(collection.id)!,
      user, host: this.host, limits: this.limits, registry: this.registry, code, change, docsUrl: this.docsUrl,
    });
    try {
      return finish(q, q.run(request.vars?.(q) ?? null));
    } catch (e) {
      throw this.failed(e, q);
    } finally {
      if (change !== null) {
        collection?.sweep();
        this.commit(change);
      }
    }
  }

  /** Reads a query, or takes it from the cache: reading costs far more than most queries take to run. */
  compile(text: string): FunctionCode {
    const { cache } = this;
    const known = cache.get(text);
    if (known !== undefined) {
      // The newest entry is the last: a Map keeps the order of insertion.
      cache.delete(text);
      cache.set(text, known);
      return known;
    }
    if (text.length > this.limits.queryBytes) throw valueErr(limitMsg.queryBytes(this.limits.queryBytes));
    const code = resolveQuery(this.parse(text), this.registry);
    cache.set(text, code);
    if (cache.size > this.limits.cachedQueries) cache.delete(cache.keys().next().value!);
    return code;
  }

  private parse(text: string): QueryTree {
    const parsed = parse(text);
    if ('query' in parsed) return parsed.query;
    throw new QueryError(ERR.syntax, parsed.problem.message, '', '', parsed.problem.pos);
  }

  private require(user: User, scope: AccessScope, mask: number, name: ScopeName): void {
    if ((this.system.accessOf(user, scope) & mask) === mask) return;
    throw forbiddenErr(accessMsg.missing(user.name, maskText(mask), scopeText(name)));
  }

  /** Gives an error its place; JavaScript's own end of the stack is a query that nests too deep. */
  private failed(e: unknown, q: Query): unknown {
    if (e instanceof QueryError) return q.located(e, q.frame);
    if (e instanceof RangeError && /call stack/i.test(e.message)) return operationErr(limitMsg.stack());
    return e;
  }

  private commit(change: Change): void {
    const committed: CommittedChange = { id: change.id, scope: change.scope, events: change.bytes() };
    for (const listener of this.listeners) listener(committed);
  }
}
