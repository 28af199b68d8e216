/**
 * One query while it runs: where, by whom, with which change, and what it has used of its budgets. Built-ins
 * see the evaluator through this class alone: they call closures, make changes and ask for the time here.
 */
import type { InUse } from '../collection/in-use.ts';
import type { Collection, Procedure } from '../collection/collection.ts';
import type { Change } from '../collection/event.ts';
import type { Mutator } from '../collection/mutate.ts';
import { NameState } from '../collection/name-table.ts';
import type { Replica } from '../collection/replica.ts';
import type { ExposedRequest } from '../system/manifest.ts';
import type { AccessScope, ModuleInfo, System } from '../system/system.ts';
import { assertModuleScope } from '../system/modules.ts';
import type { User } from '../system/user.ts';
import { lists, requireRights, rightsOf, type Login } from '../system/token.ts';
import { type PrivilegeName, PRIVILEGE } from '../system/access.ts';
import type { Host } from '../host.ts';
import type { Registry } from '../functions/registry.ts';
import { QueryError, numArgumentsErr, operationErr, overflowErr, typeErr } from '../errors/query-error.ts';
import { call as callMsg } from '../errors/messages/call.ts';
import { limits as limitMsg } from '../errors/messages/limits.ts';
import { modules as moduleMsg } from '../errors/messages/admin.ts';
import { assert } from '../errors/assert.ts';
import { compactText } from '../../grammar/text.ts';
import { parseClosure } from '../../grammar/parser.ts';
import type { Things } from '../values/large-set.ts';
import { Closure, ErrorValue, Thing, typeName, type Anonymous, type Future, type List, type Module, type Room, type ThingSet, type Value } from '../values/value.ts';
import { fitItem, fitMember, fitMembers, fitProperty } from '../collection/fit.ts';
import type { Loan } from '../values/loan.ts';
import type { Type } from '../values/type.ts';
import { CHANGES, OP, type Code, type FrameScope, type FunctionCode } from './code.ts';
import { differenceOf, type Difference } from './difference.ts';
import { Callback } from './callback.ts';
import { Family } from './family.ts';
import { Frame } from './frame.ts';
import { refresh } from './instance.ts';
import { LANGUAGE, type Limits } from './limits.ts';
import { exposedFuture, moduleFuture } from './module-call.ts';
import { invoke } from './names.ts';
import { resolveClosure } from './resolve.ts';
import { runQuery } from './run.ts';
import type { Codegen } from './compile/codegen.ts';

export type ScopeKind = 'collection' | 'thingsdb' | 'node';

export interface QueryOptions {
  readonly system: System;
  readonly kind: ScopeKind;
  /** The collection; null in `@thingsdb` and `@node`. */
  readonly collection: Collection | null;
  readonly replica: Replica | null;
  readonly login: Login;
  readonly host: Host;
  readonly limits: Limits;
  readonly registry: Registry;
  readonly code: FunctionCode;
  readonly change: Change | null;
  /** Address before the page at the end of error texts; '' leaves it out. */
  readonly docsUrl: string;
  /** Compiles what runs often; null leaves all to the interpreter. */
  readonly codegen: Codegen | null;
  readonly origin?: Origin;
  /** What it shares with the query that it is a future of; by default it starts a family of its own. */
  readonly family?: Family;
}

export type Origin = 'query' | 'procedure' | 'future' | 'task';

/** How many steps pass between two looks at the clock. */
const STEPS_PER_LOOK = 4096;

/** `@node` has no types, enumerators and procedures. */
const NO_NAMES = new NameState();

export class Query implements Mutator {
  readonly system: System;
  readonly kind: ScopeKind;
  readonly collection: Collection | null;
  readonly replica: Replica | null;
  /** The state of what its scope calls by name. */
  readonly names: NameState;
  readonly login: Login;
  readonly user: User;
  readonly host: Host;
  readonly limits: Limits;
  readonly registry: Registry;
  code: FunctionCode;
  change: Change | null;
  readonly docsUrl: string;
  readonly codegen: Codegen | null;
  /** What brought it about: some functions are for queries only. */
  origin: Origin;
  /** Depth and flags of the result; `return value, deep, flags` sets them. */
  deep: number;
  flags: number;
  /** The frame that runs now. */
  frame: Frame;
  /** Offset of what ran last and could fail, in the text of {@link frame}. */
  pos: number;
  /** Text of the first argument, as written, of the built-in that was called last and quotes it. */
  argumentText: string;
  /** Futures of this query, in order of creation. */
  readonly futures: Future[];
  /** What is done when it and its futures have been run, and its answer waits for; null for nothing. */
  afterwards: (() => Promise<void>) | null;
  /** True when `nse()` stands in its text. */
  nse: boolean;
  /** Text given to `commit()`; null before. */
  commitMessage: string | null;
  readonly family: Family;
  /** What it is using at the moment. */
  inUse: InUse | null;
  /** The value of a `return` within a loop, on its way out of it. */
  returned: Value;
  /** True while a closure of `sort` runs: sorting within it is refused. */
  sorting: boolean;
  /**
   * Above 0 while closures that have side effects may not be called: within methods that a wrap shows, and while one
   * without any is called for the things of a relation, since that set would change from its other side.
   */
  quiet: number;
  /** Steps until the next look at the clock. Compiled code counts it down too. */
  look: number;
  private readonly started: number;
  private anonymous: Map<Code, Anonymous> | null;
  private borrowed: Loan[] | null;

  constructor(options: QueryOptions) {
    this.system = options.system;
    this.kind = options.kind;
    this.collection = options.collection;
    this.replica = options.replica;
    this.names = this.collection?.names ?? (this.kind === 'thingsdb' ? this.system.names : NO_NAMES);
    this.login = options.login;
    this.user = options.login.user;
    this.host = options.host;
    this.limits = options.limits;
    this.registry = options.registry;
    this.code = options.code;
    this.change = options.change;
    this.docsUrl = options.docsUrl;
    this.codegen = options.codegen;
    this.origin = options.origin ?? 'query';
    this.deep = this.defaultDeep();
    this.flags = 0;
    this.frame = new Frame(this, options.code.scope, null);
    this.pos = -1;
    this.argumentText = '';
    this.futures = [];
    this.afterwards = null;
    this.nse = options.code.nse;
    this.commitMessage = null;
    this.family = options.family ?? new Family(options.limits);
    this.inUse = null;
    this.returned = null;
    this.sorting = false;
    this.quiet = 0;
    this.look = STEPS_PER_LOOK;
    this.started = options.host.monotonic();
    this.anonymous = null;
    this.borrowed = null;
  }

  /** Says what is to run, for one that was made before its text was read. */
  begin(code: FunctionCode, change: Change | null): void {
    this.code = code;
    this.nse = code.nse;
    this.change = change;
    this.frame = new Frame(this, code.scope, null);
  }

  /** Runs it; variables given from outside are assigned first. */
  run(vars: Iterable<readonly [string, Value]> | null): Value {
    const { frame } = this;
    if (vars !== null) {
      for (const [name, value] of vars) {
        const slot = frame.scope.slots.get(name);
        if (slot !== undefined) frame.slots[slot] = value;
        else (frame.extra ??= new Map()).set(name, value);
      }
    }
    return runQuery(this.code, frame);
  }

  // ---- budgets -----------------------------------------------------------------------------------------

  /** Counts one iteration or call; an error is shown at `pos`, in the text of {@link frame}. */
  step(pos = this.pos): void {
    if (--this.look < 0) this.check(pos);
  }

  /** To be called when {@link look} is below 0. */
  check(pos: number): void {
    this.pos = pos;
    this.checkTime();
  }

  private checkTime(): void {
    this.look = STEPS_PER_LOOK;
    this.family.steps -= STEPS_PER_LOOK;
    if (this.family.steps < 0) throw operationErr(limitMsg.steps(this.limits.steps));
    if (this.host.monotonic() - this.started > this.limits.milliseconds) throw operationErr(limitMsg.time(this.limits.milliseconds));
  }

  /** Whether its steps or its time are used up: then its error is not one to catch. */
  spent(): boolean {
    return this.family.steps < 0 || this.timeLeft() < 0;
  }

  /** Counts work that is done in one go, in units of about one iteration. */
  spend(work: number): void {
    this.look -= work;
    if (this.look < 0) {
      this.family.steps += this.look; // what goes beyond one look
      this.checkTime();
    }
  }

  /** Milliseconds that are left of the query's time. */
  timeLeft(): number {
    return this.limits.milliseconds - (this.host.monotonic() - this.started);
  }

  /** Refuses a list, tuple or set of more items than the limit. */
  assertLength(items: number): void {
    if (items > this.limits.listLength) throw operationErr(limitMsg.listLength(this.limits.listLength));
  }

  /** Refuses a str or bytes of more bytes than the limit; `units` may be UTF-16 units. */
  assertBytes(units: number): void {
    if (units > this.limits.strBytes) throw operationErr(limitMsg.strBytes(this.limits.strBytes));
  }

  // ---- closures ----------------------------------------------------------------------------------------

  /** The executable body of a closure. */
  codeOf(closure: Closure): FunctionCode {
    return codeOf(closure, this.registry);
  }

  /** Whether calling it makes a change in this kind of scope. */
  hasSideEffects(closure: Closure): boolean {
    return makesChange(this.codeOf(closure), this.kind);
  }

  /**
   * A frame for calling `closure`, after the checks that a call needs; {@link leave} ends it. Built-ins that call
   * a closure for many items use one frame for all of them ({@link Callback}).
   */
  enter(closure: Closure): Frame {
    return this.open(this.admit(closure).scope);
  }

  /** The checks that a call needs. From here on it counts as running. */
  admit(closure: Closure): FunctionCode {
    const code = this.codeOf(closure);
    if (code.changes !== 0 && (this.change === null ? closure.bound : this.quiet > 0) && this.hasSideEffects(closure)) {
      throw new QueryError(-63, callMsg.needsChange(), 'collection-api/wse');
    }
    assertDepth(closure.active);
    closure.active++;
    return code;
  }

  /** A frame below the one that runs; it runs from here on. */
  open(scope: FrameScope): Frame {
    return (this.frame = new Frame(this, scope, this.frame));
  }

  leave(closure: Closure, frame: Frame): void {
    closure.active--;
    this.frame = frame.parent!;
  }

  /** Calls a closure with these arguments; missing ones are nil, further ones are dropped. */
  call(closure: Closure, args: readonly Value[]): Value {
    const n = args.length;
    return invoke(this, closure, this.pos, n > 0 ? args[0]! : null, n > 1 ? args[1]! : null, n > 2 ? args[2]! : null, args);
  }

  /** An error on its way out of a frame: the first frame that it passes is the one where it arose. */
  located(e: unknown, scope: FrameScope): unknown {
    if (e instanceof QueryError && e.source === '') {
      e.source = scope.source;
      if (e.pos < 0) e.pos = this.pos;
    }
    return e;
  }

  /** Prepares to call a closure for many items: `for (…) each.call2(item, index)`, then `each.end()`. */
  callback(closure: Closure): Callback {
    return new Callback(this, closure, this.enter(closure), this.codeOf(closure));
  }

  /** The keys whose difference a closure of two parameters gives; null when it gives anything else. */
  differenceOf(closure: Closure): Difference | null {
    const code = this.codeOf(closure);
    return code.difference === undefined ? (code.difference = differenceOf(code)) : code.difference;
  }

  /** A closure that is put into a value: its text becomes compact, and its literals must all be in range. */
  bind(closure: Closure): void {
    if (closure.bound) return;
    const { node, source } = closure;
    assert(node !== null, 'a closure that is not bound has its tree');
    const overflow = findRaise((this.codeOf(closure)).body);
    if (overflow !== null) throw overflowErr(overflow.message);
    closure.text = compactText(source, node);
    closure.bound = true;
    if (closure.active === 0) {
      // The tree of the query would be kept with it; the text as it was written shows in definitions.
      closure.source = source.slice(node.pos, node.end);
      closure.node = null;
      closure.code = null;
    }
  }

  /** An anonymous type literal is evaluated once in a query. */
  anonymousOnce(code: Code, make: () => Anonymous): Anonymous {
    let type = (this.anonymous ??= new Map()).get(code);
    if (type === undefined) this.anonymous.set(code, (type = make()));
    return type;
  }

  /** The stored instances of a type, without a copy, until the query ends. */
  borrowInstances(type: Type): Things {
    const loan = type.lend();
    (this.borrowed ??= []).push(loan);
    return loan;
  }

  /** Whether nothing is left to do when it has been run. */
  get isDone(): boolean {
    return this.futures.length === 0 && this.afterwards === null && this.family.passwords.size === 0;
  }

  /** At the end. What futures hold goes on after it. */
  giveBack(): void {
    if (this.borrowed === null || this.futures.length > 0) return;
    for (const loan of this.borrowed) loan.giveBack();
    this.borrowed = null;
  }

  // ---- values that are put somewhere (see Mutator) -----------------------------------------------------

  fitItem(list: List, value: Value): Value {
    return fitItem(this, list, value);
  }

  fitMember(set: ThingSet, thing: Thing): void {
    fitMember(this, set, thing);
  }

  fitMembers(set: ThingSet, things: readonly Thing[]): void {
    fitMembers(this, set, things);
  }

  fitProperty(thing: Thing, at: number, key: string, value: Value, fresh: boolean): Value {
    return fitProperty(this, thing, at, key, value, fresh);
  }

  refresh(thing: Thing): void {
    refresh(this, thing);
  }

  // ---- where it runs -----------------------------------------------------------------------------------

  /** Depth of results where nothing else is said. */
  defaultDeep(): number {
    return this.collection?.deep ?? this.system.defaultDeep(this.kind);
  }

  /** Name of the scope's time zone. */
  zone(): string {
    return this.collection?.zone ?? this.system.zone(this.kind);
  }

  /** The collection; a built-in that is declared for collections only may rely on it. */
  theCollection(): Collection {
    assert(this.collection !== null, 'the function exists in collections only');
    return this.collection;
  }

  /** The procedures of the scope; null in `@node`. */
  procedures(): Map<string, Procedure> | null {
    return this.collection?.procedures ?? (this.kind === 'thingsdb' ? this.system.procedures : null);
  }

  /** Whether the scope keeps a history of commits, so that changes of its schema need `commit()` first. */
  needsCommit(): boolean {
    return (this.collection ?? this.system).history !== null && this.kind !== 'node';
  }

  /** `module(…)`: the first argument is what the module is asked. */
  callModule(name: string, args: readonly (() => Value)[]): Value {
    this.module(name);
    if (args.length === 0) throw numArgumentsErr(moduleMsg.noArguments(), 'modules');
    const request = args[0]!();
    if (!(request instanceof Thing)) throw typeErr(moduleMsg.argumentType(typeName(request)), 'modules');
    const future = moduleFuture(this, name, request, args.slice(1));
    this.futures.push(future);
    return future;
  }

  /** A module that exists; refused where it is kept to another scope. */
  module(name: string): ModuleInfo {
    const module = this.system.modules.get(name);
    assert(module !== undefined, 'whoever asks has looked');
    assertModuleScope(this.system, module, this.access());
    return module;
  }

  /** `module.name(…)`, of a function that makes a request of its arguments. */
  callExposed(module: Module, exposed: ExposedRequest, args: readonly (() => Value)[]): Value {
    const future = exposedFuture(module, exposed, args);
    this.futures.push(future);
    return future;
  }

  /** The scope as texts name it: `@collection:stuff`, `@thingsdb`, `@node`. */
  scopeName(): string {
    return this.collection === null ? `@${this.kind}` : `@collection:${this.collection.name}`;
  }

  /** Refuses when the user lacks a privilege on the scope of the query. */
  require(privilege: PrivilegeName): void {
    this.requireOn(this.access(), PRIVILEGE[privilege], this.scopeName());
  }

  /** The scope, for privileges. */
  access(): AccessScope {
    return this.collection?.id ?? (this.kind as 'thingsdb' | 'node');
  }

  requireOn(scope: AccessScope, mask: number, scopeName: string): void {
    requireRights(this.system, this.login, scope, mask, scopeName);
  }

  /** The privileges on a scope: those of the user that the token, should there be one, leaves. */
  rightsOn(scope: AccessScope): number {
    return rightsOf(this.system, this.login, scope);
  }

  /** Whether a room of the collection may be joined, and emitted to, as far as a token is concerned. */
  mayJoin(room: Room): boolean {
    if ((this.rightsOn(this.access()) & PRIVILEGE.JOIN) !== 0) return true;
    return room.name !== null && lists(this.login.restrictions.rooms, this.access(), room.name);
  }

  /** An error as a value, as `try` gives it. */
  errorValue(error: QueryError): ErrorValue {
    return new ErrorValue(error.code, error.text(this.docsUrl));
  }
}

/** Whether running it makes a change in that kind of scope. */
export function makesChange(code: FunctionCode, kind: ScopeKind): boolean {
  const bit = kind === 'collection' ? CHANGES.collection : kind === 'thingsdb' ? CHANGES.thingsdb : 0;
  return (code.changes & bit) !== 0;
}

/** Refuses one call more of a closure than the language allows within each other. */
export function assertDepth(active: number): void {
  if (active >= LANGUAGE.recursion) throw operationErr(callMsg.recursion(), 'data-types/closure');
}

/** The executable body of a closure. */
export function codeOf(closure: Closure, registry: Registry): FunctionCode {
  return (closure.code as FunctionCode | null) ?? readClosure(closure, registry);
}

function readClosure(closure: Closure, registry: Registry): FunctionCode {
  if (closure.node === null) {
    const parsed = parseClosure(closure.source);
    assert('closure' in parsed, 'a closure that was kept can be read');
    closure.node = parsed.closure;
  }
  const code = resolveClosure(closure.node!, closure.source, registry);
  closure.code = code;
  return code;
}

/** The first literal that raises when it is reached, if there is one. */
function findRaise(code: Code): QueryError | null {
  if (code.op === OP.raise) return code.extra as QueryError;
  if (code.op === OP.closure) return findRaise((code.extra as { code: FunctionCode }).code.body);
  for (const child of [code.a, code.b, code.c, ...code.list]) {
    const found = child === null ? null : findRaise(child);
    if (found !== null) return found;
  }
  return null;
}
