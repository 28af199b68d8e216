/**
 * The engine: state, built-ins and evaluator joined. A query goes through it from text to answer; what it
 * changed comes out as one change. The last file that runs in a browser: it knows no socket, file or clock.
 */
import type { Query as QueryTree } from '../grammar/ast.ts';
import { parse } from '../grammar/parser.ts';
import { callText, loggedText, packAudit, WITHHELD, type Cause } from './cause.ts';
import { collectThings } from './collection/collector.ts';
import { describing } from './collection/describe.ts';
import { Change, EventTable, type ChangeEvent } from './collection/event.ts';
import { DATA_EVENTS } from './collection/events.ts';
import { SCHEMA_EVENTS } from './collection/schema-events.ts';
import { ANSWERED_LIMITS, type AnsweredLimits } from './collection/answered.ts';
import { ERR } from './errors/codes.ts';
import { newCommit } from './collection/procedure-events.ts';
import { join } from './collection/rooms.ts';
import { NotHere } from './errors/not-here.ts';
import { QueryError, authErr, badDataErr, forbiddenErr, lookupErr, nodeErr, operationErr, valueErr } from './errors/query-error.ts';
import { access as accessMsg } from './errors/messages/access.ts';
import { procedures as procedureMsg, whitelists as whitelistMsg } from './errors/messages/admin.ts';
import { rooms as roomMsg } from './errors/messages/futures.ts';
import { limits as limitMsg } from './errors/messages/limits.ts';
import { scope as scopeMsg } from './errors/messages/scope.ts';
import { store as storeMsg } from './errors/messages/store.ts';
import type { FunctionCode } from './evaluator/code.ts';
import { Codegen, type CodegenMode } from './evaluator/compile/codegen.ts';
import { Family, type RequestTag, type TaskRun } from './evaluator/family.ts';
import { runFutures } from './evaluator/futures.ts';
import { DEFAULT_LIMITS, type Limits } from './evaluator/limits.ts';
import { Repeats, type Once } from './evaluator/once.ts';
import { QueryCache } from './evaluator/query-cache.ts';
import { Query, codeOf, makesChange, type Origin } from './evaluator/query.ts';
import { resolveQuery } from './evaluator/resolve.ts';
import { findRoom } from './evaluator/rooms.ts';
import { Scheduler, type TaskRunner } from './evaluator/scheduler.ts';
import { ALL } from './functions/all.gen.ts';
import { Registry } from './functions/registry.ts';
import { LOG_LEVEL, type Host } from './host.ts';
import { loadWhole } from './snapshot/load.ts';
import { PRIVILEGE } from './system/access.ts';
import { SYSTEM_EVENTS, delNode, newCollection, newNode, newUser, scopeNumber, setAccess, setPassword, useTokens } from './system/events.ts';
import { parseScope, type ScopeName } from './system/scope.ts';
import { System, type AccessScope } from './system/system.ts';
import { isKeyText, lists, loginOf, requireRights, withinProcedure, type Login, type Token } from './system/token.ts';
import { allowed, type User } from './system/user.ts';
import type { Collection } from './collection/collection.ts';
import type { Closure, RoomListener, Task, Value } from './values/value.ts';
import { Writer } from './wire/msgpack.ts';

export interface EngineOptions {
  readonly host: Host;
  readonly limits?: Partial<Limits>;
  /** Bounds of what is remembered of requests with ids. */
  readonly answered?: Partial<AnsweredLimits>;
  /** Address before the page at the end of error texts, as `https://docs.example.org/v1`; '' leaves it out. */
  readonly docsUrl?: string;
  /** Milliseconds from which on a query is logged, as a warning or as an error. */
  readonly slow?: { readonly warning: number; readonly error: number };
  /**
   * Compile to JavaScript what runs often: closures, procedures, queries and loops. Default true; where code generation
   * from strings is not allowed all is interpreted. A number says after how many runs, for tests.
   */
  readonly codegen?: CodegenMode;
  /** Says with each change what made it, with so many characters of the text; default no. */
  readonly audit?: { readonly textSize: number };
}

/** The scope of a change that puts another state in the place of everything. */
export const WHOLE_STATE = -3;

/** One change as it goes to the log, to replicas and to those who listen. */
export interface CommittedChange {
  /** Position in the one order of changes. */
  readonly id: number;
  /** Id of the collection, 0 for `@thingsdb`, or {@link WHOLE_STATE}. */
  readonly scope: number;
  /** Events; of a whole state a snapshot. */
  readonly events: Uint8Array;
  /** What made it, as `cause.ts` packs it; absent where that is not kept. */
  readonly audit?: Uint8Array;
}

/** Values by name that a query is given, made once the collection is known. */
export type Vars = (q: Query) => Iterable<readonly [string, Value]> | null;

/** `L` is what a late answer is given as. */
export interface Request<L = unknown> {
  readonly user: User;
  /** What the user logged in with; null, or nothing, for a password. */
  readonly token?: Token | null;
  readonly scope: ScopeName;
  readonly code: string;
  readonly vars?: Vars;
  /** Gets the lines of `log()`. */
  readonly warn?: (text: string) => void;
  /** What {@link Engine.tag} is while listeners hear of a change that it brings. */
  readonly tag?: RequestTag | null;
  /** By which it may come again, and is not carried out again. */
  readonly once?: Once<L> | null;
}

export interface RunRequest<L = unknown> {
  readonly user: User;
  readonly token?: Token | null;
  readonly scope: ScopeName;
  readonly procedure: string;
  /** A value for each parameter of the procedure. */
  readonly args: (q: Query, parameters: readonly string[]) => Value[];
  readonly warn?: (text: string) => void;
  readonly tag?: RequestTag | null;
  readonly once?: Once<L> | null;
}

/** Packs the value of a query, while everything stands as the query left it. */
export type Finish<T> = (q: Query, value: Value) => T;

/** Where a request runs: what the name of its scope stands for. */
interface Place {
  readonly kind: ScopeName['kind'];
  readonly collection: Collection | null;
  readonly access: AccessScope;
}

/** What the engine shares between all queries of one process: the built-ins are the same for every engine. */
const registry = new Registry(ALL);
const EMPTY = resolveQuery(readQuery(''), registry);

/** Characters of a slow query that go to the log. */
const LOGGED_CHARS = 1_000;

/** Values that one step of the collector looks at: some tenths of a millisecond. */
const COLLECT_STEP = 2_000;

/** Seconds from one time that the use of a token is kept to the next. */
const USES_EVERY = 3_600;

export class Engine implements TaskRunner {
  private state: System;
  readonly host: Host;
  readonly limits: Limits;
  readonly answeredLimits: AnsweredLimits;
  readonly docsUrl: string;
  readonly registry: Registry;
  private readonly codegen: Codegen | null;
  /** While listeners hear of a change: what the request that brought it carries as its tag; else null. */
  tag: RequestTag | null;
  /** Why changes cannot be stored at the moment, as when the disk is full: they are refused then. '' when they can. */
  storeFailure: string;
  private readonly slow: { readonly warning: number; readonly error: number };
  private readonly dataEvents: EventTable;
  private readonly systemEvents: EventTable;
  private readonly cache: QueryCache;
  private readonly scheduler: Scheduler;
  private readonly repeats: Repeats;
  private readonly listeners: Set<(change: CommittedChange) => void>;
  private readonly replaceListeners: Set<() => void>;
  /** The writer of the last change, for the next one: buffers are dear to make. Null while a change has it. */
  private spare: Writer | null;
  /** Characters of text that are kept with each change; null: it is not told what made a change. */
  private readonly auditText: number | null;
  private readonly auditOut: Writer;

  constructor(options: EngineOptions) {
    this.state = new System();
    this.host = options.host;
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.answeredLimits = { ...ANSWERED_LIMITS, ...options.answered };
    this.docsUrl = options.docsUrl ?? '';
    this.slow = options.slow ?? { warning: Infinity, error: Infinity };
    this.registry = registry;
    this.codegen = Codegen.open(options.codegen ?? true);
    this.tag = null;
    this.storeFailure = '';
    this.dataEvents = new EventTable([...DATA_EVENTS, ...SCHEMA_EVENTS]);
    this.systemEvents = new EventTable(SYSTEM_EVENTS);
    this.cache = new QueryCache(this.limits, () => void this.host.node.counters.wastedCache++);
    this.scheduler = new Scheduler(this);
    this.repeats = new Repeats(this);
    this.listeners = new Set();
    this.replaceListeners = new Set();
    this.spare = null;
    this.auditText = options.audit?.textSize ?? null;
    this.auditOut = new Writer(0);
  }

  /** The state: another object when one was put in its place. */
  get system(): System {
    return this.state;
  }

  /** Id of the last change. */
  get changeId(): number {
    return this.system.changeId;
  }

  /** The state of a first start: user `admin` with password `pass` and full access, and collection `stuff`. */
  init(): void {
    const change = new Change(++this.system.changeId, 0);
    const to = this.system.replica;
    const now = Math.floor(this.host.now());
    change.do(newUser, to, { id: 1, name: 'admin', createdAt: now });
    change.do(setPassword, to, { user: 1, hash: this.host.secrets.initialPassword });
    for (const scope of ['node', 'thingsdb'] as const) {
      change.do(setAccess, to, { scope: scopeNumber(scope), user: 1, mask: PRIVILEGE.FULL, remove: false });
    }
    change.do(newCollection, to, { id: 2, name: 'stuff', createdAt: now, zone: 'UTC', deep: 1, user: 1 });
    this.commit(change, this.ownCause('first start'));
  }

  /** Makes a node of its own of it, with id 0: other nodes of a cluster that the state came from are not there. */
  forgetNodes(): void {
    const { nodes, replica } = this.system;
    if (nodes.size === 1 && nodes.get(0)?.uid === '') return;
    this.changeSystem(this.ownCause('a node of its own'), change => {
      for (const id of [...nodes.keys()]) change.do(delNode, replica, { id });
      change.do(newNode, replica, { id: 0, address: '', port: 0, key: '', uid: '' });
    });
  }

  /**
   * Puts the state of another engine, which is not used any more, in the place of this one's, as one step. Rooms end, and
   * whoever is logged in has no access until they log in again.
   */
  replaceState(other: Engine): void {
    const { system } = other;
    system.nodeId = this.state.nodeId;
    for (const collection of this.state.collections) collection.end();
    this.state = system;
    for (const listener of this.replaceListeners) listener();
  }

  /** The same as a change, which {@link apply} repeats elsewhere. `snapshot` is one of the other engine. */
  changeState(other: Engine, snapshot: Uint8Array): void {
    const id = this.changeId + 1;
    this.replaceState(other);
    this.tell(this.withCause({ id, scope: WHOLE_STATE, events: snapshot }, this.ownCause('a backup that was restored')));
  }

  /** Calls `listener` whenever another state has taken the place of all. Gives what ends that. */
  onReplaced(listener: () => void): () => void {
    this.replaceListeners.add(listener);
    return () => this.replaceListeners.delete(listener);
  }

  /** Calls `listener` for each change, in order, the moment it is made. Gives what ends that. */
  onChange(listener: (change: CommittedChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Repeats a change that another node, or this one before its last start, has made. */
  apply(change: CommittedChange): void {
    if (change.scope === WHOLE_STATE) {
      const other = new Engine({ host: this.host });
      loadWhole(other, change.events);
      this.replaceState(other);
    } else if (change.scope === 0) {
      this.systemEvents.apply(change.events, this.system.replica);
    } else {
      const replica = this.system.replicas.get(change.scope);
      if (replica !== undefined) {
        const { collection } = replica;
        const { collected } = collection.collector;
        this.dataEvents.apply(change.events, replica);
        collection.sweep();
        this.host.node.counters.garbageCollected += collection.collector.collected - collected;
      }
    }
    this.tell(change);
  }

  private tell(change: CommittedChange): void {
    this.system.changeId = change.id;
    for (const listener of this.listeners) listener(change);
  }

  /** The events of a change, for people and tools. */
  describe(change: CommittedChange): ChangeEvent[] {
    if (change.scope === WHOLE_STATE) return [{ kind: 'restore' }];
    return (change.scope === 0 ? this.systemEvents : this.dataEvents).describe(change.events, describing);
  }

  /** Name of the scope that a change belongs to: `@thingsdb`, `@collection:stuff`. */
  scopeOfChange(change: CommittedChange): string {
    if (change.scope === 0 || change.scope === WHOLE_STATE) return '@thingsdb';
    return `@collection:${this.system.collectionsById.get(change.scope)?.name ?? change.scope}`;
  }

  /**
   * Runs a query and hands its value to `finish`, which packs it: packing may still call closures of the query
   * (a wrap's methods). Throws a QueryError, with its place, when the query fails; what it did before stays.
   *
   * A query with futures is answered in a later turn, when the last of them is done: with a promise, of what `late`
   * makes of its value.
   *
   * ThingsDB's order of checks: scope, variables, privilege QUERY, syntax, privilege CHANGE.
   *
   * In a cluster it throws {@link NotHere} for what only the node that leads may do.
   */
  query<T, L = T>({ user, token = null, scope, code: text, vars: readVars, warn, tag = null, once = null }: Request<L>, finish: Finish<T>, late: Finish<L> = finish as never): T | Promise<L> {
    return this.counted(text, () => {
      const login = this.admit(user, token);
      const place = this.find(scope);
      const q = this.start(place, login, 'query', new Family(this.limits, warn, null, tag));
      if (this.auditText !== null) q.family.cause = { by: 'query', user: user.name, token: token?.id ?? null, text, asked: tag?.node ?? null };
      const vars = readVars?.(q) ?? null;
      this.require(login, place, PRIVILEGE.QUERY);
      const code = this.compile(text);
      const known = this.recall(q, once, code, place);
      if (known !== null) return known;
      q.begin(code, this.changeFor(code, place, login));
      return this.answer(q, text, () => q.run(vars), finish, late);
    });
  }

  /**
   * Runs a procedure, as a RUN request asks: it needs no QUERY, but RUN, and whitelists count. A token that lists the
   * procedure needs no more.
   */
  run<T, L = T>({ user, token = null, scope, procedure: name, args: readArgs, warn, tag = null, once = null }: RunRequest<L>, finish: Finish<T>, late: Finish<L> = finish as never): T | Promise<L> {
    return this.counted(name, () => {
      const asked = this.admit(user, token);
      if (scope.kind === 'node') throw badDataErr(procedureMsg.runOnNode(), 'procedures-api');
      const place = this.find(scope);
      const procedure = (place.collection ?? this.system).procedures.get(name);
      if (procedure === undefined) throw lookupErr(procedureMsg.notFound(name));
      if (!allowed(user.whitelists.procedures, name)) throw forbiddenErr(whitelistMsg.procedure(name));
      const login = lists(asked.restrictions.procedures, place.access, name) ? withinProcedure(asked) : asked;
      this.require(login, place, PRIVILEGE.RUN);
      const q = this.start(place, login, 'procedure', new Family(this.limits, warn, null, tag));
      const { closure } = procedure;
      const code = q.codeOf(closure);
      if (makesChange(code, place.kind)) this.require(login, place, PRIVILEGE.CHANGE);
      const known = this.recall(q, once, code, place);
      if (known !== null) return known;
      const args = readArgs(q, closure.node!.params.map(param => param.name));
      if (this.auditText !== null) q.family.cause = { by: 'procedure', user: user.name, token: token?.id ?? null, text: this.callText(name, closure, args), asked: tag?.node ?? null };
      q.begin(EMPTY, this.changeFor(code, place, login));
      return this.answer(q, '', () => q.call(closure, args), finish, late);
    });
  }

  /**
   * For a request about rooms, which needs JOIN: a query in their collection. With a token that lists rooms it is to
   * be asked for each: {@link Query.mayJoin}.
   */
  forRooms(user: User, scope: ScopeName, token: Token | null = null): Query {
    const login = this.admit(user, token);
    if (scope.kind !== 'collection') throw badDataErr(roomMsg.collectionScope());
    const place = this.find(scope);
    const listed = login.restrictions.rooms.some(room => room.scope === place.access);
    this.require(listed ? loginOf(user) : login, place, PRIVILEGE.JOIN);
    return this.start(place, login, 'query', this.family(null));
  }

  /** Refuses a token that has been removed or has expired since the login, and remembers that it was used. */
  private admit(user: User, token: Token | null): Login {
    if (token === null) return loginOf(user);
    const now = this.host.now();
    const known = this.system.tokens.get(token.id);
    if (known === undefined) throw authErr(accessMsg.invalidToken());
    if (known.expired(now)) throw authErr(accessMsg.expiredToken());
    known.lastUsed = Math.floor(now);
    return loginOf(user, known);
  }

  /** Whether a token is still there and has not expired. */
  isValid(token: Token): boolean {
    return this.system.tokens.get(token.id)?.expired(this.host.now()) === false;
  }

  /** `auth_err` when there is no token of that key, or it has expired. */
  login(key: string): Token {
    const { secrets } = this.host;
    const hash = isKeyText(key) && secrets.isSound(key) ? secrets.hashKey(key) : '';
    const token = this.system.tokenByHash(hash);
    if (token === undefined || !secrets.sameHash(token.hash, hash)) throw authErr(accessMsg.invalidToken());
    this.admit(token.user, token);
    return token;
  }

  /** Joins a room, by id or name, as a user who may; gives what leaves it. */
  subscribe(user: User, scope: ScopeName, which: number | string, listener: RoomListener): () => void {
    const room = findRoom(this.forRooms(user, scope), which);
    return join(room, listener) ?? (() => {});
  }

  /**
   * Runs the tasks that are due, on the node that leads, and drops parsed queries that nobody asks for. To be called
   * about once a second; resolves when the tasks that were started are done.
   */
  tick(now = this.host.now()): Promise<void> {
    this.recordUses();
    this.cache.expire(this.host.monotonic());
    this.host.node.cachedQueries = this.cache.size;
    return this.follows ? Promise.resolve() : this.scheduler.tick(now);
  }

  /** Keeps when tokens were used, an hour after it was kept last: a change for every use would be one for every request. */
  private recordUses(): void {
    if (this.follows || this.storeFailure !== '') return;
    const used = [...this.system.tokens.values()].filter(token => token.lastUsed - token.recordedUse >= USES_EVERY);
    if (used.length === 0) return;
    this.changeSystem(this.ownCause('use of tokens'), change => change.do(useTokens, this.system.replica, { hashes: used.map(token => token.hash), at: used.map(token => token.lastUsed) }));
  }

  /**
   * One step towards finding and dropping what only refers to each other, where enough has changed; gives false when
   * there is nothing to do. To be called by the node that makes changes, when it has a few milliseconds.
   */
  collect(values = COLLECT_STEP): boolean {
    // What would be found could not be dropped.
    if (this.storeFailure !== '' || this.follows) return false;
    const now = this.host.monotonic();
    const collection = this.system.collections.find(({ collector }) => collector.due(now));
    if (collection === undefined) return false;
    const things = collection.collector.step(values, now);
    if (things.length > 0) {
      const change = new Change(++this.system.changeId, collection.id);
      change.do(collectThings, this.system.replicas.get(collection.id)!, { things });
      collection.sweep();
      this.commit(change, this.ownCause('things that nothing refers to'));
      this.host.node.counters.garbageCollected += things.length;
    }
    return true;
  }

  /** Whether another node makes the changes, or none can. */
  get follows(): boolean {
    return this.host.node.cluster?.leads === false;
  }

  /** `text` is the query, or the name of the procedure. */
  private counted<T, L>(text: string, run: () => T | Promise<L>): T | Promise<L> {
    const { host } = this;
    const started = host.monotonic();
    const duration = (): number => {
      const milliseconds = host.monotonic() - started;
      if (milliseconds >= this.slow.warning || milliseconds >= this.slow.error) this.logSlow(text, milliseconds);
      return milliseconds;
    };
    const done = <R>(result: R): R => {
      host.node.counters.query(duration());
      return result;
    };
    const failed = (e: unknown): never => {
      // What goes to another node is counted there.
      if (e instanceof NotHere) throw e;
      host.node.counters.failure(e instanceof QueryError ? e.code : ERR.internal, duration());
      throw e;
    };
    try {
      const result = run();
      return result instanceof Promise ? result.then(done, failed) : done(result);
    } catch (e) {
      return failed(e);
    }
  }

  private logSlow(text: string, milliseconds: number): void {
    const level = milliseconds >= this.slow.error ? LOG_LEVEL.error : LOG_LEVEL.warning;
    this.host.log(level, `query took ${(milliseconds / 1_000).toFixed(6)} seconds to process: \`${loggedText(text, LOGGED_CHARS).replace(/\s+/g, ' ')}\``);
  }

  /** Runs what was begun, then its futures; hands the value to `finish`. */
  private answer<T, L>(q: Query, text: string, run: () => Value, finish: Finish<T>, late: Finish<L>): T | Promise<L> {
    const { family } = q;
    let value: Value = null;
    let result: T | null;
    try {
      result = this.finish(q, text, () => {
        value = run();
        return q.isDone ? finish(q, value) : null;
      });
    } catch (e) {
      if (family.passwords.size === 0) throw e;
      return this.repeats.untilDone(q, this.setPasswords(family).then(() => Promise.reject(e)));
    }
    if (q.isDone) return result as T;
    // A future may make a change, or call a module: they run where both can be done.
    if (this.follows) throw new NotHere();
    // What was run so far has changed nothing, but what follows may.
    const known = q.change === null && family.once !== null ? this.repeats.recall(family.once as Once<L>) : null;
    if (known !== null) return known;
    // Its change is over; what is still called while the value is packed can make no other.
    q.change = null;
    return this.repeats.untilDone(q,
      runFutures(q, this).finally(() => this.setPasswords(family)).then(() => q.afterwards?.()).then(() => this.finish(q, '', () => late(q, value))));
  }

  /** Sets the passwords that a request was given, when they are hashed, each by a change. */
  async setPasswords(family: Family): Promise<void> {
    for (const [user, hashing] of family.passwords) {
      const hash = await hashing;
      family.passwords.delete(user);
      // Another node leads by now.
      if (this.follows) throw new NotHere();
      if (this.storeFailure !== '') throw nodeErr(storeMsg.refused(this.storeFailure));
      if (this.system.usersById.get(user.id) === user) this.changeSystem(family.cause, change => change.do(setPassword, this.system.replica, { user: user.id, hash }));
    }
  }

  /** A change of `@thingsdb` that no query makes. */
  private changeSystem(cause: Cause | null, run: (change: Change) => void): void {
    const change = new Change(++this.system.changeId, 0);
    run(change);
    this.commit(change, cause);
  }

  runApart(from: Query, closure: Closure, args: readonly Value[]): { readonly q: Query; readonly value: Value } {
    const { collection, kind } = from;
    const { system } = this;
    const { login } = from;
    this.admit(login.user, login.token);
    if (collection !== null && system.collectionsById.get(collection.id) !== collection) throw lookupErr(scopeMsg.collectionNotFound(collection.name));
    const place: Place = { kind, collection, access: from.access() };
    const q = this.start(place, login, 'future', from.family);
    q.begin(EMPTY, this.changeFor(q.codeOf(closure), place, login));
    return { q, value: this.finish(q, '', () => q.call(closure, args)) };
  }

  changes(closure: Closure, collection: Collection | null): boolean {
    return makesChange(codeOf(closure, this.registry), collection === null ? 'thingsdb' : 'collection');
  }

  family(run: TaskRun | null): Family {
    return new Family(this.limits, undefined, run);
  }

  work(collection: Collection | null, user: User, family: Family, change: boolean, run: (q: Query) => void): void {
    const place: Place = collection === null ? { kind: 'thingsdb', collection, access: 'thingsdb' } : { kind: 'collection', collection, access: collection.id };
    // It led when the task was started.
    if (change && this.follows) throw new NotHere();
    const q = this.start(place, loginOf(user), 'task', family);
    if (this.auditText !== null) family.cause = { by: 'task', user: user.name, token: null, text: taskText(family.run!.task), asked: null };
    if (change) q.begin(EMPTY, new Change(++this.system.changeId, collection?.id ?? 0));
    this.finish(q, '', () => run(q));
  }

  /** The answer of a request with an id that has come before; null when it is to be carried out, or makes no change. */
  private recall<L>(q: Query, once: Once<L> | null, code: FunctionCode, place: Place): Promise<L> | null {
    if (once === null) return null;
    q.family.once = once as Once;
    if (!makesChange(code, place.kind)) return null;
    this.require(q.login, place, PRIVILEGE.CHANGE);
    return this.repeats.recall(once);
  }

  changeAfter(from: Query, run: (change: Change) => void): void {
    const q = this.start({ kind: 'thingsdb', collection: null, access: 'thingsdb' }, from.login, 'future', from.family);
    q.begin(EMPTY, new Change(++this.system.changeId, 0));
    this.finish(q, '', () => run(q.change!));
  }

  private find(scope: ScopeName): Place {
    const { system } = this;
    if (scope.kind === 'collection') {
      const collection = system.collectionsByName.get(scope.name);
      if (collection === undefined) throw lookupErr(scopeMsg.collectionNotFound(scope.name));
      return { kind: scope.kind, collection, access: collection.id };
    }
    if (scope.kind === 'node' && scope.id !== null && scope.id !== system.nodeId) throw lookupErr(scopeMsg.nodeNotFound(scope.id));
    return { kind: scope.kind, collection: null, access: scope.kind };
  }

  private start({ kind, collection }: Place, login: Login, origin: Origin, family: Family): Query {
    const { system, host, limits, registry, docsUrl, codegen } = this;
    const replica = collection === null ? null : system.replicas.get(collection.id)!;
    return new Query({ system, kind, collection, replica, login, host, limits, registry, code: EMPTY, change: null, docsUrl, codegen, origin, family });
  }

  /** A change for code that makes one, which needs the privilege; else null. */
  private changeFor(code: FunctionCode, place: Place, login: Login): Change | null {
    if (!makesChange(code, place.kind)) return null;
    this.require(login, place, PRIVILEGE.CHANGE);
    if (this.follows) throw new NotHere();
    if (this.storeFailure !== '') throw nodeErr(storeMsg.refused(this.storeFailure));
    const out = this.spare ?? undefined;
    this.spare = null;
    return new Change(++this.system.changeId, place.collection?.id ?? 0, out);
  }

  /** Runs what was begun; its change is committed, whether it goes well or not. `text` is what a commit remembers. */
  private finish<T>(q: Query, text: string, run: () => T): T {
    const { change } = q;
    const started = change === null ? 0 : this.host.monotonic();
    let failure: unknown = null;
    try {
      return run();
    } catch (e) {
      failure = this.failed(e, q);
      throw failure;
    } finally {
      q.giveBack();
      if (change !== null) {
        if (q.commitMessage !== null) this.remember(q, text, failure instanceof QueryError ? failure : null);
        q.collection?.sweep();
        this.repeats.record(q, change, failure);
        this.tag = q.family.tag;
        this.commit(change, this.causeOf(q));
        this.tag = null;
        this.host.node.counters.change(this.host.monotonic() - started);
      }
    }
  }

  /** Writes what was said by `commit()` into the history of the scope. */
  private remember(q: Query, code: string, failure: QueryError | null): void {
    const { change, host, user } = q;
    const error = failure === null ? null : failure.text(this.docsUrl);
    change!.do(newCommit, q.replica ?? this.system.replica,
      { id: change!.id, createdAt: Math.floor(host.now()), by: user.name, message: q.commitMessage!, code, error });
  }

  /** Reads a query, or takes it from the cache: reading costs far more than most queries take to run. */
  compile(text: string): FunctionCode {
    const known = this.cache.get(text);
    if (known !== null) {
      this.host.node.counters.queriesFromCache++;
      return known;
    }
    if (text.length > this.limits.queryBytes) throw valueErr(limitMsg.queryBytes(this.limits.queryBytes));
    this.host.node.counters.queriesRead++;
    const code = resolveQuery(readQuery(text), this.registry);
    this.cache.add(text, code);
    this.host.node.cachedQueries = this.cache.size;
    return code;
  }

  private require(login: Login, { access }: Place, mask: number): void {
    requireRights(this.system, login, access, mask, this.system.scopeText(access));
  }

  /** Gives an error its place; JavaScript's own end of the stack is a query that nests too deep. */
  failed(e: unknown, q: Query): unknown {
    if (e instanceof QueryError) {
      q.located(e, q.frame.scope);
      // What remains is the text of a closure, which whoever asked does not have before them.
      if (e.source === q.code.scope.source) e.source = '';
      return e;
    }
    if (e instanceof RangeError && /call stack/i.test(e.message)) return operationErr(limitMsg.stack());
    return e;
  }

  private commit(change: Change, cause: Cause | null): void {
    const { id, scope } = change;
    const events = change.bytes();
    this.spare = change.release();
    this.tell(this.withCause({ id, scope, events }, cause));
  }

  /** A change whose cause is not known, or not wanted, names none. */
  private withCause(change: CommittedChange, cause: Cause | null): CommittedChange {
    if (cause === null || this.auditText === null) return change;
    const { id, scope, events } = change;
    return { id, scope, events, audit: packAudit(this.auditOut, cause, this.host.now(), this.system.nodeId, this.auditText) };
  }

  private causeOf(q: Query): Cause | null {
    const { cause } = q.family;
    return cause !== null && q.origin === 'future' ? { ...cause, by: 'future' } : cause;
  }

  /** Of what the node does of itself. */
  private ownCause(text: string): Cause | null {
    return this.auditText === null ? null : { by: 'server', user: null, token: null, text, asked: null };
  }

  private callText(name: string, closure: Closure, args: readonly Value[]): string {
    return closure.text.includes('set_password') ? `${name}(${WITHHELD})` : callText(name, args, this.auditText!);
  }
}

/**
 * Whether a query leaves what is stored as it is, which its text tells. Not of `@node`, where there is nothing stored but
 * what the functions do is done. False for what cannot be read.
 */
export function isRead(scope: string, text: string): boolean {
  try {
    const { kind } = parseScope(scope);
    return kind !== 'node' && !makesChange(resolveQuery(readQuery(text), registry), kind);
  } catch {
    return false;
  }
}

function taskText({ id, closure }: Task): string {
  return `task:${id} ${closure?.text ?? ''}`;
}

function readQuery(text: string): QueryTree {
  const parsed = parse(text);
  if ('query' in parsed) return parsed.query;
  throw new QueryError(ERR.syntax, parsed.problem.message, '', '', parsed.problem.pos);
}
