/** What compiled code calls: the functions of the interpreter, and the few that only it needs. */
import { assertMutable } from '../../collection/mutate.ts';
import { equals, truthy } from '../../values/compare.ts';
import { ErrorValue, List, tagOf, type Closure, type Value } from '../../values/value.ts';
import type { Builtin } from '../../functions/registry.ts';
import { callMethod, checkArgument } from '../call.ts';
import type { Code } from '../code.ts';
import type { Frame } from '../frame.ts';
import { assignCompound, callName, calleeOf, invoke, lookup } from '../names.ts';
import * as ops from '../operators.ts';
import { assertAssignable, assignProperty, getProperty } from '../property.ts';
import type { Query } from '../query.ts';
import { append, asItem, asProperty, makeClosure, makeThing, openCursor, returnDeep, returnFlags, rootOf, run } from '../run.ts';
import { getIndex, itemAt } from '../subscript.ts';

/** The closure that a call by name means, if it takes as many arguments as are given: what it does not take is not evaluated. */
function calleeFor(c: Code, f: Frame): Closure | null {
  const closure = calleeOf(c, f);
  return closure !== null && f.q.codeOf(closure).params.length >= c.list.length ? closure : null;
}

/** The method of a receiver, when it is one that compiled code may call itself: see `Generator.method`. */
function methodFor(methods: readonly (Builtin | null)[], self: Value): Builtin | null {
  return methods[tagOf(self)]!;
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
  run, rootOf, lookup, assignCompound, append, asItem, asProperty, makeClosure, makeThing, returnDeep, returnFlags, openCursor,
  callMethod, callName, calleeFor, thunk, invoke, methodFor, checkArgument, assertReceiver,
  getProperty, assertAssignable, assignProperty, getIndex, itemAt, List, ErrorValue,
};
