/**
 * Calling built-ins. ThingsDB's order of checks, which its error texts depend on:
 *
 * the receiver has such a method (a thing may answer with a property or a method of its type instead) →
 * scope → privilege → commit → number of arguments → the receiver may be changed → argument 1 evaluated, then
 * its type → argument 2 evaluated, then its type → … → run.
 */
import { lookupErr, numArgumentsErr, operationErr, typeErr, type QueryError } from '../errors/query-error.ts';
import { call as msg } from '../errors/messages/call.ts';
import { change as changeMsg } from '../errors/messages/change.ts';
import { nearest } from '../../grammar/nearest.ts';
import { use } from '../collection/in-use.ts';
import { assertMutable } from '../collection/mutate.ts';
import type { Lazy } from '../functions/builtin.ts';
import type { Builtin, Param } from '../functions/registry.ts';
import {
  Anonymous, Closure, List, Member, Module, TAG, Thing, ThingSet, Wrap, tagOf, typeName, type Value,
} from '../values/value.ts';
import { exposedBy } from './module-call.ts';
import { OP, type Code } from './code.ts';
import type { Frame } from './frame.ts';
import type { Query } from './query.ts';
import { run } from './run.ts';
import { callClosure } from './names.ts';

/** `name(…)`, where name is a built-in. */
export function callBuiltin(c: Code, f: Frame): Value {
  const fn = c.fn!;
  if (!fn.plain) assertAllowed(fn, c, f.q);
  const args = c.list;
  const n = args.length;
  if (n < fn.min || n > fn.max) throw wrongCount(fn, n, c, f.q);
  if (fn.lazy || fn.rest !== null) return runWithAll(fn, c, f, null);
  const { q } = f;
  switch (n) {
    case 0:
      q.pos = c.pos;
      return fn.run(q);
    case 1: {
      const a = argument(fn, 0, c, f);
      return fn.run(q, a);
    }
    case 2: {
      const a = argument(fn, 0, c, f);
      const b = argument(fn, 1, c, f);
      return fn.run(q, a, b);
    }
    default: {
      const values: Value[] = [];
      for (let i = 0; i < n; i++) values.push(argument(fn, i, c, f));
      return fn.run(q, ...values);
    }
  }
}

/** `self.name(…)`. */
export function callMethod(c: Code, self: Value, f: Frame): Value {
  const fn = c.methods === null ? null : c.methods[tagOf(self)]!;
  if (fn === null || (self instanceof Thing && !fits(fn, self))) return callOwn(c, self, f);
  const { q } = f;
  if (!fn.plain) assertAllowed(fn, c, q);
  const args = c.list;
  const n = args.length;
  if (n < fn.min || n > fn.max) throw wrongCount(fn, n, c, q);
  if (fn.mutates) return mutate(fn, c, self, f);
  if (fn.lazy || fn.rest !== null) return runWithAll(fn, c, f, self, true);
  switch (n) {
    case 0:
      q.pos = c.pos;
      return fn.run(q, self);
    case 1: {
      const a = argument(fn, 0, c, f);
      return fn.run(q, self, a);
    }
    case 2: {
      const a = argument(fn, 0, c, f);
      const b = argument(fn, 1, c, f);
      return fn.run(q, self, a, b);
    }
    default: {
      const values: Value[] = [self];
      for (let i = 0; i < n; i++) values.push(argument(fn, i, c, f));
      return fn.run(q, ...values);
    }
  }
}

/** Some methods only untyped, some only typed things have. */
function fits(fn: Builtin, thing: Thing): boolean {
  return thing.type === null ? fn.spec.typedOnly !== true : fn.spec.untypedOnly !== true;
}

/** A method that changes its receiver: refused while it is in use, which it is itself while arguments are evaluated. */
function mutate(fn: Builtin, c: Code, self: Value, f: Frame): Value {
  const { q } = f;
  const container = self as Thing | List | ThingSet;
  q.pos = c.pos;
  if (container instanceof Thing || container instanceof List || container instanceof ThingSet) {
    assertMutable(q, container);
    if (fn.lazy) return runWithAll(fn, c, f, self, true);
    const outer = use(q, container);
    let values: Value[];
    try {
      values = evaluate(fn, c, f);
    } finally {
      q.inUse = outer;
    }
    q.pos = c.pos;
    return fn.run(q, self, ...values);
  }
  return runWithAll(fn, c, f, self, true);
}

/** Arguments of which some are thunks, or whose number is open. */
function runWithAll(fn: Builtin, c: Code, f: Frame, self: Value, method = false): Value {
  const values = evaluate(fn, c, f);
  f.q.pos = c.pos;
  if (fn.spec.quotesArgument === true) f.q.argumentText = c.extra as string;
  return method ? fn.run(f.q, self, ...values) : fn.run(f.q, ...values);
}

function evaluate(fn: Builtin, c: Code, f: Frame): Value[] {
  const values: Value[] = [];
  const args = c.list;
  for (let i = 0; i < args.length; i++) {
    const param = i < fn.params.length ? fn.params[i]! : fn.rest!;
    if (param.lazy) {
      const thunk: Lazy = () => argument(fn, i, c, f);
      if (args[i]!.op === OP.constant || args[i]!.op === OP.local) thunk.known = true;
      values.push(thunk as unknown as Value);
    } else {
      values.push(argument(fn, i, c, f));
    }
  }
  return values;
}

/** Evaluates argument `i` and checks its type. */
function argument(fn: Builtin, i: number, c: Code, f: Frame): Value {
  return checkArgument(fn, i, c, run(c.list[i]!, f), f.q);
}

/** Checks the type of argument `i`, and gives it. */
export function checkArgument(fn: Builtin, i: number, c: Code, value: Value, q: Query): Value {
  const param = i < fn.params.length ? fn.params[i]! : fn.rest!;
  q.pos = c.pos;
  if (param.mask !== -1 && ((1 << tagOf(value)) & param.mask) === 0) throw wrongType(fn, param, i, value, c, q);
  return value;
}

function wrongType(fn: Builtin, param: Param, i: number, value: Value, c: Code, q: Query): QueryError {
  q.pos = c.list[i]!.pos;
  const got = typeName(value);
  return typeErr(fn.spec.typeMessage?.(i, got, c.list.length) ?? msg.argType(fn.shown, i + 1, param.words, got), fn.docs);
}

function wrongCount(fn: Builtin, n: number, c: Code, q: Query): QueryError {
  q.pos = c.pos;
  const own = fn.spec.countMessage?.(n);
  if (own !== null && own !== undefined) return numArgumentsErr(own, fn.docs);
  if (fn.min === fn.max) return numArgumentsErr(msg.takes(fn.shown, fn.min, n), fn.docs);
  return numArgumentsErr(n < fn.min ? msg.takesAtLeast(fn.shown, fn.min, n) : msg.takesAtMost(fn.shown, fn.max, n), fn.docs);
}

const OTHER_SCOPE = {
  collection: 'a `@collection`',
  thingsdb: 'the `@thingsdb`',
  node: 'a `@node`',
  'collection|thingsdb': 'the `@thingsdb` or a `@collection`',
} as const;

/** Scope, privilege and commit, in this order. */
function assertAllowed(fn: Builtin, c: Code, q: Query): void {
  const { scope, needs, needsCommit } = fn.spec;
  q.pos = c.pos;
  if (fn.scopes !== null && !fn.scopes.includes(q.kind)) {
    throw lookupErr(msg.undefinedInScope(fn.name, `@${q.kind}`, OTHER_SCOPE[scope!]), 'overview/scopes');
  }
  if (needs !== undefined) q.require(needs);
  if (needsCommit === true && q.needsCommit() && q.commitMessage === null) {
    throw operationErr(msg.needsCommit(fn.name, `@${q.kind}`), 'collection-api/commit');
  }
}

/** No built-in of the receiver has that name: a property or method with a closure may. */
function callOwn(c: Code, self: Value, f: Frame): Value {
  const { q } = f;
  const { name } = c;
  q.pos = c.pos;
  if (self instanceof Thing) {
    const at = self.shape.find(name);
    if (at >= 0) {
      const value = self.valueAt(at);
      if (!(value instanceof Closure)) throw typeErr(changeOrCall(name, value));
      return callClosure(c, value, f, null);
    }
    const method = self.type?.methods.get(name);
    if (method !== undefined) return callMethodOf(self.type!, method, c, self, f);
    throw noMethod(self, name, q);
  }
  if (self instanceof Wrap) {
    const method = self.type.methods.get(name);
    if (method !== undefined) return callMethodOf(self.type, method, c, self.thing, f);
    throw noMethod(self, name, q);
  }
  if (self instanceof Anonymous) {
    // It is seen through by no thing, so its methods get the arguments alone.
    const method = self.type.methods.get(name);
    if (method !== undefined) return callClosure(c, method, f, null);
    throw noMethod(self, name, q);
  }
  if (self instanceof Member) {
    const method = self.enum.methods.get(name);
    if (method !== undefined) return callMethodOf(self.enum, method, c, self, f);
    throw noMethod(self, name, q);
  }
  if (self instanceof Module) {
    const exposed = exposedBy(q, self, name);
    return exposed instanceof Closure ? callClosure(c, exposed, f, self) : q.callExposed(self, exposed, c.list.map(arg => () => run(arg, f)));
  }
  throw noMethod(self, name, q);
}

/** A method of a type or an enumerator, which cannot be changed while it runs. */
function callMethodOf(of: { locks: number }, method: Closure, c: Code, self: Value, f: Frame): Value {
  of.locks++;
  try {
    return callClosure(c, method, f, self);
  } finally {
    of.locks--;
  }
}

const changeOrCall = (name: string, value: Value): string => msg.propertyNotCallable(name, typeName(value));

function noMethod(self: Value, name: string, q: Query): QueryError {
  const names = q.registry.methodNames(tagOf(self));
  if (self instanceof Thing) {
    const hint = nearest(name, [...names, ...self.shape.keys, ...(self.type?.methods.keys() ?? [])]) ?? '';
    if (self.type !== null) return lookupErr(changeMsg.typeNoPropertyOrMethod(self.type.name, name), '', hint);
    return lookupErr(changeMsg.noPropertyOrMethod(self.id, name), '', hint);
  }
  if (self instanceof Member) {
    return lookupErr(msg.enumNoFunction(self.enum.name, name), '', nearest(name, [...names, ...self.enum.methods.keys()]) ?? '');
  }
  if (self instanceof Wrap || tagOf(self) === TAG.anonymous) {
    const methods = self instanceof Wrap ? [...names, ...self.type.methods.keys()] : names;
    return lookupErr(msg.noMethod(self instanceof Wrap ? self.type.name : typeName(self), name), '', nearest(name, methods) ?? '');
  }
  return lookupErr(msg.noFunction(typeName(self), name), '', nearest(name, names) ?? '');
}

