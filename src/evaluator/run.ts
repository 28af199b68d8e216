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
import { Closure, ErrorValue, List, TAG, Thing, ThingSet, tagOf, typeName, type Value } from '../values/value.ts';
import * as raw from '../values/raw.ts';
import { assertKeyAllowed, toItem, toProperty } from '../collection/mutate.ts';
import { callBuiltin, callMethod } from './call.ts';
import { OP, type Code, type FunctionCode } from './code.ts';
import { EXIT, Leave, LeaveReturn, LEAVE_BREAK, LEAVE_CONTINUE, type Frame } from './frame.ts';
import { assignCompound, callName, lookup } from './names.ts';
import * as ops from './operators.ts';
import { getProperty, setProperty } from './property.ts';
import { anonymous, instance, member } from './schema.ts';
import { getIndex, getSlice, setIndex, setSlice } from './subscript.ts';
import { text } from './text.ts';
import type { ClosureTemplate } from './resolve.ts';

/** Runs the body of a query or closure in a frame that is ready. */
export function runBody(code: FunctionCode, frame: Frame): Value {
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
      return equals(a, b, f.q);
    }
    case 21 satisfies Op['ne']: {
      const a = operand(c.a!, f);
      const b = operand(c.b!, f);
      if (typeof a === 'number' && typeof b === 'number') return a !== b;
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
      if (target instanceof Thing && target.shape === c.shape) return target.values[c.at]!;
      return getProperty(c, target, f.q);
    }
    case 70 satisfies Op['root']: {
      const { collection } = f.q;
      if (collection === null) {
        f.q.pos = c.pos;
        throw lookupErr(msg.rootInaccessible(f.q.scopeName()));
      }
      return collection.root;
    }
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
      return makeThing(c, f);
    case 52 satisfies Op['instance']:
      return instance(c, f);
    case 53 satisfies Op['member']:
      return member(c, f);
    case 54 satisfies Op['anonymous']:
      return f.q.anonymousOnce(c, () => anonymous(f.q, run(c.a!, f) as Thing));
    case 55 satisfies Op['closure']: {
      const { node, source, text: written, code } = c.extra as ClosureTemplate;
      const closure = new Closure(written, source, node, false);
      closure.code = code;
      return closure;
    }
    case 56 satisfies Op['template']: {
      let out = '';
      for (const part of c.list) {
        const value = run(part, f);
        f.q.pos = c.pos;
        out = ops.add(f.q, out, typeof value === 'string' ? value : text(f.q, value)) as string;
      }
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

function makeList(c: Code, f: Frame): List {
  const { list } = c;
  const items: Value[] = [];
  for (let i = 0; i < list.length; i++) {
    const value = run(list[i]!, f);
    items.push(typeof value === 'object' && value !== null ? toItem(f.q, value) : value);
  }
  return new List(items, c.n === 1);
}

/** The shape that a literal ends with is kept, so that the next thing starts with it. */
function makeThing(c: Code, f: Frame): Thing {
  const keys = c.extra as string[];
  const { list } = c;
  const values: Value[] = [];
  for (let i = 0; i < list.length; i++) {
    const value = run(list[i]!, f);
    values.push(typeof value === 'object' && value !== null ? toProperty(f.q, value, list[i]!.op === OP.list) : value);
  }
  let { shape } = c;
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

function makeThingSlowly(keys: readonly string[], values: readonly Value[]): Thing {
  const thing = new Thing(emptyShape(), []);
  keys.forEach((key, i) => raw.setProperty(thing, key, values[i]!));
  return thing;
}

function runReturn(c: Code, f: Frame): Value {
  const { q } = f;
  if (c.b !== null) {
    const deep = run(c.b, f);
    q.pos = c.b.pos;
    q.deep = deepOf(deep);
    if (c.c !== null) {
      const flags = run(c.c, f);
      q.pos = c.c.pos;
      q.flags |= flagsOf(flags);
    }
  }
  const value = c.a === null ? null : run(c.a, f);
  if (c.n === 1) throw new LeaveReturn(value, f);
  // The value itself may have been a break or a return.
  if (f.exit === EXIT.none) f.exit = EXIT.return;
  return value;
}

/** A loop over list, tuple, set or thing, which cannot be changed meanwhile. Empty ones are the value themselves. */
function runFor(c: Code, f: Frame): Value {
  const over = run(c.a!, f);
  switch (tagOf(over)) {
    case TAG.list:
    case TAG.tuple: {
      const list = over as List;
      const { items } = list;
      if (items.length === 0) return over;
      list.locks++;
      try {
        for (let i = 0; i < items.length; i++) if (!visit(c, f, items[i]!, i)) break;
      } finally {
        list.locks--;
      }
      break;
    }
    case TAG.set: {
      const set = over as ThingSet;
      if (set.things.size === 0) return over;
      set.locks++;
      try {
        for (const thing of set.things) if (!visit(c, f, thing, thing.id === 0 ? null : thing.id)) break;
      } finally {
        set.locks--;
      }
      break;
    }
    case TAG.thing: {
      const thing = over as Thing;
      if (thing.values.length === 0) return over;
      thing.locks++;
      try {
        const order = thing.shape.order();
        for (let i = 0; i < thing.values.length; i++) {
          const at = order === null ? i : order[i]!;
          if (!visit(c, f, thing.shape.keys[at]!, thing.values[at]!)) break;
        }
      } finally {
        thing.locks--;
      }
      break;
    }
    default:
      f.q.pos = c.pos;
      throw typeErr(msg.notIterable(typeName(over)));
  }
  // A return within the loop leaves its value here for the block around it.
  if (f.exit === EXIT.return) {
    const value = f.q.returned;
    f.q.returned = null;
    return value;
  }
  return null;
}

/** One turn of a loop. Gives false when the loop ends. */
function visit(c: Code, f: Frame, a: Value, b: Value): boolean {
  f.q.step();
  const names = c.extra as readonly number[];
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
