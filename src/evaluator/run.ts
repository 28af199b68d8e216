/**
 * Runs executable code: one switch over the operations of `code.ts`.
 *
 * Synchronous from start to end. What can fail notes its place in `q.pos` first, so that an error finds its
 * place without anybody passing positions around.
 */
import { assert } from '../errors/assert.ts';
import { QueryError, lookupErr, operationErr, typeErr } from '../errors/query-error.ts';
import { operators as msg } from '../errors/messages/operators.ts';
import * as int from '../values/int.ts';
import { makeRegex } from '../values/regex.ts';
import { equals, truthy } from '../values/compare.ts';
import { deepOf, flagsOf } from '../values/deep.ts';
import { emptyShape } from '../values/shape.ts';
import { Closure, ErrorValue, List, Thing, ThingSet, typeName, type Value } from '../values/value.ts';
import * as raw from '../values/raw.ts';
import { assertKeyAllowed, toItem, toProperty } from '../collection/mutate.ts';
import { callBuiltin, callMethod } from './call.ts';
import { OP, type Code, type CompiledBody, type FunctionCode, type Loop } from './code.ts';
import { Cursor } from './cursor.ts';
import { EXIT, Leave, LeaveReturn, LEAVE_BREAK, LEAVE_CONTINUE, type Frame } from './frame.ts';
import { assignCompound, callName, lookup } from './names.ts';
import * as ops from './operators.ts';
import { getProperty, setProperty } from './property.ts';
import { anonymous, instance, member } from './schema.ts';
import { getIndex, getSlice, setIndex, setSlice } from './subscript.ts';
import { text } from './text.ts';
import type { Query } from './query.ts';
import type { ClosureTemplate } from './resolve.ts';

/**
 * Runs the body of a closure. The first three arguments are handed over; further ones stand in their slots already.
 * What is run often is compiled.
 */
export function runClosure(code: FunctionCode, frame: Frame, a: Value, b: Value, c: Value): Value {
  const compiled = code.compiled ?? heat(code, frame);
  if (compiled !== null) return compiled(frame.q, frame, a, b, c);
  const { params } = code;
  const { slots } = frame;
  const n = params.length;
  if (n > 0) slots[params[0]!] = a;
  if (n > 1) slots[params[1]!] = b;
  if (n > 2) slots[params[2]!] = c;
  return interpret(code, frame);
}

/** Runs a query in a frame that is ready. */
export function runQuery(code: FunctionCode, frame: Frame): Value {
  const compiled = code.compiled ?? heat(code, frame);
  return compiled === null ? interpret(code, frame) : compiled(frame.q, frame, null, null, null);
}

/** Counts a run of what is not compiled; compiles it when that was enough of them. */
function heat(code: FunctionCode, { q: { codegen } }: Frame): CompiledBody | null {
  return codegen !== null && code.heat++ >= codegen.after ? codegen.body(code) : null;
}

function interpret(code: FunctionCode, frame: Frame): Value {
  let value: Value;
  if (code.throws) {
    try {
      value = run(code.body, frame);
    } catch (e) {
      if (!(e instanceof Leave)) throw e;
      if (!(e instanceof LeaveReturn)) throw operationErr(msg.breakOutside());
      if (e.frame !== frame) throw e;
      value = e.value;
    }
  } else {
    value = run(code.body, frame);
  }
  if (frame.exit !== EXIT.none) {
    // Break and continue belong to a loop of the same body: the parser sees to that, except in closure('…').
    if (frame.exit !== EXIT.return) throw operationErr(msg.breakOutside());
    frame.exit = EXIT.none;
  }
  return value;
}

/** The value of an operand. Most are variables or constants, which are not worth a call of `run`. */
function operand(c: Code, f: Frame): Value {
  if (c.op === OP.local) {
    const value = f.slots[c.n];
    if (value !== undefined) return value;
  } else if (c.op === OP.constant) {
    return c.value;
  }
  return run(c, f);
}

/**
 * The numbers of {@link OP}, checked by the compiler to be these. V8 makes a jump table of a switch over literals;
 * `case OP.add:` would be compared with one after the other.
 */
type Op = typeof OP;

export function run(c: Code, f: Frame): Value {
  switch (c.op) {
    case 0 satisfies Op['constant']:
      return c.value;
    case 2 satisfies Op['local']: {
      const value = f.slots[c.n];
      return value !== undefined ? value : lookup(c, f);
    }
    case 4 satisfies Op['setLocal']: {
      const value = run(c.a!, f);
      f.slots[c.n] = value;
      return value;
    }
    case 5 satisfies Op['compound']: {
      const b = run(c.a!, f);
      const a = f.slots[c.n];
      if (typeof a === 'number' && typeof b === 'number') {
        if (c.at === OP.add) return (f.slots[c.n] = int.add(a, b));
        if (c.at === OP.sub) return (f.slots[c.n] = int.sub(a, b));
      }
      return assignCompound(c, f, b);
    }
    case 6 satisfies Op['temporary']:
      return f.slots[c.n]!;

    case 10 satisfies Op['add']: {
      const a = operand(c.a!, f);
      const b = operand(c.b!, f);
      if (typeof a === 'number' && typeof b === 'number') {
        const sum = a + b;
        if (sum <= Number.MAX_SAFE_INTEGER && sum >= -Number.MAX_SAFE_INTEGER) return sum;
      }
      f.q.pos = c.pos;
      return ops.add(f.q, a, b);
    }
    case 11 satisfies Op['sub']: {
      const a = operand(c.a!, f);
      const b = operand(c.b!, f);
      if (typeof a === 'number' && typeof b === 'number') {
        const difference = a - b;
        if (difference <= Number.MAX_SAFE_INTEGER && difference >= -Number.MAX_SAFE_INTEGER) return difference;
      }
      f.q.pos = c.pos;
      return ops.sub(a, b);
    }
    case 22 satisfies Op['lt']: {
      const a = operand(c.a!, f);
      const b = operand(c.b!, f);
      if (typeof a === 'number' && typeof b === 'number') return a < b;
      f.q.pos = c.pos;
      return ops.compare(c.op, a, b);
    }
    case 23 satisfies Op['gt']: {
      const a = operand(c.a!, f);
      const b = operand(c.b!, f);
      if (typeof a === 'number' && typeof b === 'number') return a > b;
      f.q.pos = c.pos;
      return ops.compare(c.op, a, b);
    }
    case 24 satisfies Op['le']: {
      const a = operand(c.a!, f);
      const b = operand(c.b!, f);
      if (typeof a === 'number' && typeof b === 'number') return a <= b;
      f.q.pos = c.pos;
      return ops.compare(c.op, a, b);
    }
    case 25 satisfies Op['ge']: {
      const a = operand(c.a!, f);
      const b = operand(c.b!, f);
      if (typeof a === 'number' && typeof b === 'number') return a >= b;
      f.q.pos = c.pos;
      return ops.compare(c.op, a, b);
    }
    case 20 satisfies Op['eq']: {
      const a = operand(c.a!, f);
      const b = operand(c.b!, f);
      if (typeof a === 'number' && typeof b === 'number') return a === b;
      f.q.pos = c.pos;
      return equals(a, b, f.q);
    }
    case 21 satisfies Op['ne']: {
      const a = operand(c.a!, f);
      const b = operand(c.b!, f);
      if (typeof a === 'number' && typeof b === 'number') return a !== b;
      f.q.pos = c.pos;
      return !equals(a, b, f.q);
    }
    case 12 satisfies Op['mul']: {
      const a = operand(c.a!, f);
      const b = operand(c.b!, f);
      f.q.pos = c.pos;
      if (typeof a === 'number' && typeof b === 'number') return int.mul(a, b);
      return ops.mul(a, b);
    }
    case 14 satisfies Op['mod']: {
      const a = operand(c.a!, f);
      const b = operand(c.b!, f);
      f.q.pos = c.pos;
      if (typeof a === 'number' && typeof b === 'number' && b !== 0) return int.mod(a, b);
      return ops.mod(a, b);
    }
    case 13 satisfies Op['div']:
    case 15 satisfies Op['and']:
    case 16 satisfies Op['or']:
    case 17 satisfies Op['xor']:
    case 18 satisfies Op['shl']:
    case 19 satisfies Op['shr']: {
      const a = run(c.a!, f);
      const b = run(c.b!, f);
      f.q.pos = c.pos;
      return ops.binary(f.q, c.op, a, b);
    }

    case 30 satisfies Op['logicalAnd']: {
      const a = run(c.a!, f);
      return truthy(a) ? run(c.b!, f) : a;
    }
    case 31 satisfies Op['logicalOr']: {
      const a = run(c.a!, f);
      return truthy(a) ? a : run(c.b!, f);
    }
    case 32 satisfies Op['ternary']:
      return truthy(run(c.a!, f)) ? run(c.b!, f) : run(c.c!, f);
    case 33 satisfies Op['not']:
      return !truthy(run(c.a!, f));
    case 34 satisfies Op['negate']: {
      const a = run(c.a!, f);
      f.q.pos = c.pos;
      return ops.negate(a);
    }
    case 35 satisfies Op['plus']: {
      const a = run(c.a!, f);
      f.q.pos = c.pos;
      return ops.plus(a);
    }
    case 36 satisfies Op['invert']: {
      const a = run(c.a!, f);
      f.q.pos = c.pos;
      return ops.invert(a);
    }

    case 40 satisfies Op['block']: {
      const { list } = c;
      const last = list.length - 1;
      for (let i = 0; i < last; i++) {
        const value = run(list[i]!, f);
        if (c.n === 1 && f.exit !== EXIT.none) return value;
      }
      return run(list[last]!, f);
    }
    case 41 satisfies Op['if']: {
      const condition = run(c.a!, f);
      if (truthy(condition)) return run(c.b!, f);
      // Without else the value is that of the condition.
      return c.c === null ? condition : run(c.c, f);
    }
    case 42 satisfies Op['for']:
      return runFor(c, f);
    case 43 satisfies Op['return']:
      return runReturn(c, f);
    case 44 satisfies Op['break']:
      if (c.n === 1) throw LEAVE_BREAK;
      f.exit = EXIT.break;
      return null;
    case 45 satisfies Op['continue']:
      if (c.n === 1) throw LEAVE_CONTINUE;
      f.exit = EXIT.continue;
      return null;

    case 60 satisfies Op['callBuiltin']:
      return callBuiltin(c, f);
    case 73 satisfies Op['method']:
      return callMethod(c, run(c.a!, f), f);
    case 61 satisfies Op['callName']:
      return callName(c, f);
    case 71 satisfies Op['property']: {
      const target = run(c.a!, f);
      if (target instanceof Thing && target.shape === c.shape) return target.valueAt(c.at);
      return getProperty(c, target, f.q);
    }
    case 70 satisfies Op['root']:
      return rootOf(c, f.q);
    case 72 satisfies Op['setProperty']:
      return setProperty(c, run(c.a!, f), f);
    case 74 satisfies Op['index']: {
      const target = run(c.a!, f);
      return getIndex(c, target, f);
    }
    case 75 satisfies Op['slice']:
      return getSlice(c, run(c.a!, f), f);
    case 76 satisfies Op['setIndex']:
      return setIndex(c, run(c.a!, f), f);
    case 77 satisfies Op['setSlice']:
      return setSlice(c, run(c.a!, f), f);
    case 78 satisfies Op['guard']: {
      const value = run(c.a!, f);
      if (value === null || value instanceof ErrorValue) return value;
      f.slots[c.n] = value;
      return run(c.b!, f);
    }

    case 50 satisfies Op['list']:
      return makeList(c, f);
    case 51 satisfies Op['thing']:
      return literalThing(c, f);
    case 52 satisfies Op['instance']:
      return instance(c, f);
    case 53 satisfies Op['member']:
      return member(c, f);
    case 54 satisfies Op['anonymous']:
      return f.q.anonymousOnce(c, () => anonymous(f.q, run(c.a!, f) as Thing));
    case 55 satisfies Op['closure']:
      return makeClosure(c);
    case 56 satisfies Op['template']: {
      let out = '';
      for (const part of c.list) out = append(c, out, run(part, f), f.q);
      return out;
    }
    case 57 satisfies Op['regex']:
      f.q.pos = c.pos;
      return makeRegex(c.name, c.extra as string);
    case 1 satisfies Op['raise']: {
      const { code, message } = c.extra as QueryError;
      f.q.pos = c.pos;
      throw new QueryError(code, message);
    }
    default:
      return assert(false, `no operation ${c.op}`) as never;
  }
}

/** The root of the collection. */
export function rootOf(c: Code, q: Query): Thing {
  if (q.collection !== null) return q.collection.root;
  q.pos = c.pos;
  throw lookupErr(msg.rootInaccessible(q.scopeName()));
}

/** A new closure each time: it is bound, and counts its calls, on its own. */
export function makeClosure(c: Code): Closure {
  const { node, source, text: written, code } = c.extra as ClosureTemplate;
  const closure = new Closure(written, source, node, false);
  closure.code = code;
  return closure;
}

function makeList(c: Code, f: Frame): List {
  const { list } = c;
  const items: Value[] = [];
  for (let i = 0; i < list.length; i++) {
    const value = run(list[i]!, f);
    items.push(typeof value === 'object' && value !== null ? asItem(c, value, f.q) : value);
  }
  return new List(items, c.n === 1);
}

/** A value as an item of a list literal. */
export function asItem(c: Code, value: Value, q: Query): Value {
  q.pos = c.pos;
  return toItem(q, value);
}

/** A value as a property of a thing literal; `fresh` when it is a literal itself. */
export function asProperty(c: Code, value: Value, fresh: boolean, q: Query): Value {
  q.pos = c.pos;
  return toProperty(q, value, fresh);
}

/** The text of a template so far, with one more value. */
export function append(c: Code, out: string, value: Value, q: Query): string {
  q.pos = c.pos;
  return ops.add(q, out, typeof value === 'string' ? value : text(q, value)) as string;
}

function literalThing(c: Code, f: Frame): Thing {
  const { list } = c;
  const values: Value[] = [];
  for (let i = 0; i < list.length; i++) {
    const value = run(list[i]!, f);
    values.push(typeof value === 'object' && value !== null ? asProperty(c, value, list[i]!.op === OP.list, f.q) : value);
  }
  return makeThing(c, values, f.q);
}

/** The thing of a literal. The shape that it ends with is kept, so that the next thing starts with it. */
export function makeThing(c: Code, values: Value[], q: Query): Thing {
  const keys = c.extra as string[];
  let { shape } = c;
  q.pos = c.pos;
  if (shape === null) {
    shape = emptyShape();
    for (const key of keys) {
      assertKeyAllowed(key);
      if (shape.find(key) >= 0) return makeThingSlowly(keys, values); // a name twice: the last value counts
      shape = shape.with(key);
    }
    if (!shape.shared) return makeThingSlowly(keys, values);
    c.shape = shape;
  }
  const thing = new Thing(shape, values);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value instanceof List || value instanceof ThingSet) raw.own(value, thing, keys[i]!);
  }
  return thing;
}

/** The same of up to four values, which needs no array of them. */
export function makeSmallThing(code: Code, n: number, a: Value, b: Value, c: Value, d: Value, q: Query): Thing {
  const { shape } = code;
  if (shape === null) return makeThing(code, [a, b, c, d].slice(0, n), q);
  q.pos = code.pos;
  const thing = new Thing(shape);
  thing.fill(a, b, c, d);
  for (let i = 0; i < n; i++) {
    const value = thing.valueAt(i);
    if (value instanceof List || value instanceof ThingSet) raw.own(value, thing, shape.keys[i]!);
  }
  return thing;
}

function makeThingSlowly(keys: readonly string[], values: readonly Value[]): Thing {
  const thing = new Thing(emptyShape());
  keys.forEach((key, i) => raw.setProperty(thing, key, values[i]!));
  return thing;
}

export function returnDeep(c: Code, deep: Value, q: Query): void {
  q.pos = c.pos;
  q.deep = deepOf(deep);
}

export function returnFlags(c: Code, flags: Value, q: Query): void {
  q.pos = c.pos;
  q.flags |= flagsOf(flags);
}

function runReturn(c: Code, f: Frame): Value {
  const { q } = f;
  if (c.b !== null) {
    returnDeep(c.b, run(c.b, f), q);
    if (c.c !== null) returnFlags(c.c, run(c.c, f), q);
  }
  const value = c.a === null ? null : run(c.a, f);
  if (c.n === 1) throw new LeaveReturn(value, f);
  // The value itself may have been a break or a return.
  if (f.exit === EXIT.none) f.exit = EXIT.return;
  return value;
}

/** A loop. What is empty is the value of the loop itself. */
function runFor(c: Code, f: Frame): Value {
  const over = run(c.a!, f);
  const cursor = openCursor(over, c.pos, f.q);
  if (cursor === null) return over;
  const loop = c.extra as Loop;
  const { codegen } = f.q;
  try {
    for (;;) {
      if (codegen !== null && loop.heat++ >= codegen.after) {
        const compiled = codegen.loop(c, f.scope);
        if (compiled !== null) return compiled(f, cursor) ?? null;
      }
      if (!cursor.next() || !visit(c, f, cursor.a, cursor.b)) break;
    }
  } finally {
    cursor.close();
  }
  // A return within the loop leaves its value here for the block around it.
  if (f.exit === EXIT.return) {
    const value = f.q.returned;
    f.q.returned = null;
    return value;
  }
  return null;
}

/** A walk over what a loop is given; null when it is empty. */
export function openCursor(over: Value, pos: number, q: Query): Cursor | null {
  const cursor = Cursor.open(over, q);
  if (cursor !== undefined) return cursor;
  q.pos = pos;
  throw typeErr(msg.notIterable(typeName(over)));
}

/** One turn of a loop. Gives false when the loop ends. */
function visit(c: Code, f: Frame, a: Value, b: Value): boolean {
  f.q.step(c.pos);
  const { slots: names } = c.extra as Loop;
  const { slots } = f;
  // Names after the second are nil. Of equal names the first counts.
  if (names.length > 1) {
    for (let i = 2; i < names.length; i++) slots[names[i]!] = null;
    slots[names[1]!] = b;
  }
  slots[names[0]!] = a;
  return runLoopBody(c, f);
}

function runLoopBody(c: Code, f: Frame): boolean {
  let value: Value;
  if (c.n === 1) {
    try {
      value = run(c.b!, f);
    } catch (e) {
      if (!(e instanceof Leave) || e.exit === EXIT.return) throw e;
      f.exit = EXIT.none;
      return e.exit === EXIT.continue;
    }
  } else {
    value = run(c.b!, f);
  }
  switch (f.exit) {
    case 0 satisfies typeof EXIT.none: return true;
    case 2 satisfies typeof EXIT.continue:
      f.exit = EXIT.none;
      return true;
    case 1 satisfies typeof EXIT.break:
      f.exit = EXIT.none;
      return false;
    default:
      f.q.returned = value;
      return false;
  }
}
