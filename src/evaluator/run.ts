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

export function run(c: Code, f: Frame): Value {
  switch (c.op) {
    case OP.constant:
      return c.value;
    case OP.local: {
      const value = f.slots[c.n];
      return value !== undefined ? value : lookup(c, f);
    }
    case OP.setLocal: {
      const value = run(c.a!, f);
      f.slots[c.n] = value;
      return value;
    }
    case OP.compound: {
      const b = run(c.a!, f);
      const a = f.slots[c.n];
      if (typeof a === 'number' && typeof b === 'number') {
        if (c.at === OP.add) return (f.slots[c.n] = int.add(a, b));
        if (c.at === OP.sub) return (f.slots[c.n] = int.sub(a, b));
      }
      return assignCompound(c, f, b);
    }
    case OP.temporary:
      return f.slots[c.n]!;

    case OP.add: {
      const a = run(c.a!, f);
      const b = run(c.b!, f);
      if (typeof a === 'number' && typeof b === 'number') {
        const sum = a + b;
        if (sum <= Number.MAX_SAFE_INTEGER && sum >= -Number.MAX_SAFE_INTEGER) return sum;
      }
      f.q.pos = c.pos;
      return ops.add(f.q, a, b);
    }
    case OP.sub: {
      const a = run(c.a!, f);
      const b = run(c.b!, f);
      if (typeof a === 'number' && typeof b === 'number') {
        const difference = a - b;
        if (difference <= Number.MAX_SAFE_INTEGER && difference >= -Number.MAX_SAFE_INTEGER) return difference;
      }
      f.q.pos = c.pos;
      return ops.sub(a, b);
    }
    case OP.lt: {
      const a = run(c.a!, f);
      const b = run(c.b!, f);
      if (typeof a === 'number' && typeof b === 'number') return a < b;
      f.q.pos = c.pos;
      return ops.compare(c.op, a, b);
    }
    case OP.gt: {
      const a = run(c.a!, f);
      const b = run(c.b!, f);
      if (typeof a === 'number' && typeof b === 'number') return a > b;
      f.q.pos = c.pos;
      return ops.compare(c.op, a, b);
    }
    case OP.le: {
      const a = run(c.a!, f);
      const b = run(c.b!, f);
      if (typeof a === 'number' && typeof b === 'number') return a <= b;
      f.q.pos = c.pos;
      return ops.compare(c.op, a, b);
    }
    case OP.ge: {
      const a = run(c.a!, f);
      const b = run(c.b!, f);
      if (typeof a === 'number' && typeof b === 'number') return a >= b;
      f.q.pos = c.pos;
      return ops.compare(c.op, a, b);
    }
    case OP.eq: {
      const a = run(c.a!, f);
      const b = run(c.b!, f);
      if (typeof a === 'number' && typeof b === 'number') return a === b;
      return equals(a, b, f.q);
    }
    case OP.ne: {
      const a = run(c.a!, f);
      const b = run(c.b!, f);
      if (typeof a === 'number' && typeof b === 'number') return a !== b;
      return !equals(a, b, f.q);
    }
    case OP.mul:
    case OP.div:
    case OP.mod:
    case OP.and:
    case OP.or:
    case OP.xor:
    case OP.shl:
    case OP.shr: {
      const a = run(c.a!, f);
      const b = run(c.b!, f);
      f.q.pos = c.pos;
      return ops.binary(f.q, c.op, a, b);
    }

    case OP.logicalAnd: {
      const a = run(c.a!, f);
      return truthy(a) ? run(c.b!, f) : a;
    }
    case OP.logicalOr: {
      const a = run(c.a!, f);
      return truthy(a) ? a : run(c.b!, f);
    }
    case OP.ternary:
      return truthy(run(c.a!, f)) ? run(c.b!, f) : run(c.c!, f);
    case OP.not:
      return !truthy(run(c.a!, f));
    case OP.negate: {
      const a = run(c.a!, f);
      f.q.pos = c.pos;
      return ops.negate(a);
    }
    case OP.plus: {
      const a = run(c.a!, f);
      f.q.pos = c.pos;
      return ops.plus(a);
    }
    case OP.invert: {
      const a = run(c.a!, f);
      f.q.pos = c.pos;
      return ops.invert(a);
    }

    case OP.block: {
      const { list } = c;
      const last = list.length - 1;
      for (let i = 0; i < last; i++) {
        const value = run(list[i]!, f);
        if (c.n === 1 && f.exit !== EXIT.none) return value;
      }
      return run(list[last]!, f);
    }
    case OP.if: {
      const condition = run(c.a!, f);
      if (truthy(condition)) return run(c.b!, f);
      // Without else the value is that of the condition.
      return c.c === null ? condition : run(c.c, f);
    }
    case OP.for:
      return runFor(c, f);
    case OP.return:
      return runReturn(c, f);
    case OP.break:
      if (c.n === 1) throw LEAVE_BREAK;
      f.exit = EXIT.break;
      return null;
    case OP.continue:
      if (c.n === 1) throw LEAVE_CONTINUE;
      f.exit = EXIT.continue;
      return null;

    case OP.callBuiltin:
      return callBuiltin(c, f);
    case OP.method:
      return callMethod(c, run(c.a!, f), f);
    case OP.callName:
      return callName(c, f);
    case OP.property: {
      const target = run(c.a!, f);
      if (target instanceof Thing && target.shape === c.shape) return target.values[c.at]!;
      return getProperty(c, target, f.q);
    }
    case OP.root: {
      const { collection } = f.q;
      if (collection === null) {
        f.q.pos = c.pos;
        throw lookupErr(msg.rootInaccessible(f.q.scopeName()));
      }
      return collection.root;
    }
    case OP.setProperty:
      return setProperty(c, run(c.a!, f), f);
    case OP.index: {
      const target = run(c.a!, f);
      return getIndex(c, target, f);
    }
    case OP.slice:
      return getSlice(c, run(c.a!, f), f);
    case OP.setIndex:
      return setIndex(c, run(c.a!, f), f);
    case OP.setSlice:
      return setSlice(c, run(c.a!, f), f);
    case OP.guard: {
      const value = run(c.a!, f);
      if (value === null || value instanceof ErrorValue) return value;
      f.slots[c.n] = value;
      return run(c.b!, f);
    }

    case OP.list:
      return makeList(c, f);
    case OP.thing:
      return makeThing(c, f);
    case OP.instance:
      return instance(c, f);
    case OP.member:
      return member(c, f);
    case OP.anonymous:
      return f.q.anonymousOnce(c, () => anonymous(f.q, run(c.a!, f) as Thing));
    case OP.closure: {
      const { node, source, text: written, code } = c.extra as ClosureTemplate;
      const closure = new Closure(written, source, node, false);
      closure.code = code;
      return closure;
    }
    case OP.template: {
      let out = '';
      for (const part of c.list) {
        const value = run(part, f);
        f.q.pos = c.pos;
        out = ops.add(f.q, out, typeof value === 'string' ? value : text(f.q, value)) as string;
      }
      return out;
    }
    case OP.regex:
      f.q.pos = c.pos;
      return makeRegex(c.name, c.extra as string);
    case OP.raise: {
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
  const names = c.extra as readonly number[];
  const first = names[0]!;
  const second = names.length > 1 ? names[1]! : -1;
  const { slots, q } = f;
  // Names after the second are nil. Of equal names the first counts.
  const visit = (a: Value, b: Value): boolean => {
    q.step();
    if (second >= 0) {
      for (let i = 2; i < names.length; i++) slots[names[i]!] = null;
      slots[second] = b;
    }
    slots[first] = a;
    return runLoopBody(c, f);
  };
  switch (tagOf(over)) {
    case TAG.list:
    case TAG.tuple: {
      const list = over as List;
      const { items } = list;
      if (items.length === 0) return over;
      list.locks++;
      try {
        for (let i = 0; i < items.length; i++) if (!visit(items[i]!, i)) break;
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
        for (const thing of set.things) if (!visit(thing, thing.id === 0 ? null : thing.id)) break;
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
          if (!visit(thing.shape.keys[at]!, thing.values[at]!)) break;
        }
      } finally {
        thing.locks--;
      }
      break;
    }
    default:
      q.pos = c.pos;
      throw typeErr(msg.notIterable(typeName(over)));
  }
  // A return within the loop leaves its value here for the block around it.
  if (f.exit === EXIT.return) {
    const value = q.returned;
    q.returned = null;
    return value;
  }
  return null;
}

/** Gives false when the loop ends. */
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
    case EXIT.none: return true;
    case EXIT.continue:
      f.exit = EXIT.none;
      return true;
    case EXIT.break:
      f.exit = EXIT.none;
      return false;
    default:
      f.q.returned = value;
      return false;
  }
}
