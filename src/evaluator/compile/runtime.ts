/** What compiled code calls: the functions of the interpreter, and the few that only it needs. */
import { assertMutable, toItem } from '../../collection/mutate.ts';
import { equals, truthy } from '../../values/compare.ts';
import { ErrorValue, List, Thing, tagOf, type Closure, type Value } from '../../values/value.ts';
import type { Builtin } from '../../functions/registry.ts';
import { callMethod, checkArgument } from '../call.ts';
import type { Code } from '../code.ts';
import type { Frame } from '../frame.ts';
import { assignCompound, callName, calleeOf, invoke, lookup } from '../names.ts';
import * as ops from '../operators.ts';
import { assertAssignable, assignProperty, getProperty } from '../property.ts';
import { assertDepth, type Query } from '../query.ts';
import { append, asItem, asProperty, makeClosure, makeSmallThing, makeThing, openCursor, returnDeep, returnFlags, rootOf, run } from '../run.ts';
import { getIndex, itemAt } from '../subscript.ts';

/** A body that calls itself; `n` calls of its closure run. */
type Recursion = (q: Query, n: number, a: Value, b: Value, c: Value) => Value;

/** The closure that a call by name means, if it takes as many arguments as are given: what it does not take is not evaluated. */
function calleeFor(c: Code, from: Frame): Closure | null {
  const closure = calleeOf(c, from);
  return closure !== null && from.q.codeOf(closure).params.length >= c.list.length ? closure : null;
}

/** One more than the calls of a closure that run, if that is allowed. */
function depth(active: number, pos: number, q: Query): number {
  q.pos = pos;
  assertDepth(active);
  return active + 1;
}

/** Calls a closure that calls nothing but itself by the function that was written for that. */
function recurse(q: Query, closure: Closure, again: Recursion, pos: number, a: Value, b: Value, c: Value): Value {
  q.step(pos);
  closure.active = depth(closure.active, pos, q);
  try {
    return again(q, closure.active, a, b, c);
  } finally {
    closure.active--;
  }
}

/** The method of a receiver, when it is one that compiled code may call itself: see `CallWriter.method`. */
function methodFor(methods: readonly (Builtin | null)[], self: Value): Builtin | null {
  return methods[tagOf(self)]!;
}

/** The method that a typed thing has from its type, if it takes as many arguments as are given. */
function typeMethodFor(c: Code, self: Value, q: Query): Closure | null {
  if (!(self instanceof Thing) || self.type === null) return null;
  // A property of that name comes first. This shape has none:
  if (self.shape !== c.shape) {
    if (self.shape.find(c.name) >= 0) return null;
    c.shape = self.shape;
  }
  const method = self.type.methods.get(c.name);
  return method !== undefined && q.codeOf(method).params.length > c.list.length ? method : null;
}

/** Calls a method of a type, which cannot be changed while it runs. */
function invokeMethod(q: Query, method: Closure, pos: number, self: Thing, a: Value, b: Value): Value {
  const type = self.type!;
  type.locks++;
  try {
    return invoke(q, method, pos, self, a, b, null);
  } finally {
    type.locks--;
  }
}

/** Whether a method that changes its receiver may; raises an error when it may not. */
function assertReceiver(c: Code, self: List, q: Query): void {
  q.pos = c.pos;
  assertMutable(q, self);
}

/** An argument for a method that evaluates its arguments itself. */
const thunk = (value: Value) => (): Value => value;

export const RUNTIME = {
  add: ops.add, binary: ops.binary, compare: ops.compare, negate: ops.negate, plus: ops.plus, invert: ops.invert, compound: ops.compound, equals, truthy,
  run, rootOf, lookup, assignCompound, append, asItem, asProperty, makeClosure, makeSmallThing, makeThing, returnDeep, returnFlags, openCursor,
  callMethod, typeMethodFor, invokeMethod, callName, calleeFor, recurse, depth, thunk, invoke, methodFor, checkArgument, assertReceiver,
  getProperty, assertAssignable, assignProperty, getIndex, itemAt, toItem, List, ErrorValue,
};
