/** What a bare name stands for, and calls by name of anything but built-ins. */
import { lookupErr, typeErr } from '../errors/query-error.ts';
import { call as msg } from '../errors/messages/call.ts';
import { nearest } from '../../grammar/nearest.ts';
import * as int from '../values/int.ts';
import { Closure, Module, float, typeName, type Value } from '../values/value.ts';
import type { CallSite, Code, FrameScope } from './code.ts';
import type { Frame } from './frame.ts';
import * as ops from './operators.ts';
import type { Query } from './query.ts';
import { run, runClosure } from './run.ts';
import { callType } from './schema.ts';

/**
 * Names that every scope has. They are looked up last, so that variables, modules and procedures may have them too.
 */
export const CONSTANTS: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['INT_MIN', int.INT_MIN],
  ['INT_MAX', int.INT_MAX],
  ['MATH_E', float(Math.E)],
  ['MATH_PI', float(Math.PI)],
  ['QUERY', 1], ['CHANGE', 2], ['GRANT', 4], ['JOIN', 8], ['RUN', 16], ['USER', 27], ['FULL', 31],
  ['DEBUG', 0], ['INFO', 1], ['WARNING', 2], ['ERROR', 3], ['CRITICAL', 4],
  ['NO_IDS', 32], ['WPO', 2], ['HID', 4], ['IDX', 8],
]);

/**
 * The newest frame, from `from` through its callers, that has a variable of that name; null when there is none.
 * A recursive closure has many frames of one scope in a row: the name is looked up once for all of them.
 */
function holderOf(name: string, from: Frame | null): Frame | null {
  let scope: FrameScope | null = null;
  let slot: number | undefined;
  let frame = from;
  while (frame !== null) {
    if (frame.scope !== scope) {
      scope = frame.scope;
      slot = scope.slots.get(name);
    }
    if (slot !== undefined && frame.slots[slot] !== undefined) return frame;
    if (frame.extra !== null && frame.extra.has(name)) return frame;
    frame = slot === undefined ? frame.outer : frame.parent;
  }
  return null;
}

/** The variable of that name that `frame` holds. */
function heldBy(frame: Frame, name: string): Value {
  const slot = frame.scope.slots.get(name);
  const value = slot === undefined ? undefined : frame.slots[slot];
  return value !== undefined ? value : frame.extra!.get(name)!;
}

/** The value of a name whose slot in this frame is empty: of a caller, a module, a procedure or a constant. */
export function lookup(c: Code, f: Frame): Value {
  const { name } = c;
  const { parent } = f;
  // Nearly always the caller is the one that it was the last time.
  if (parent !== null && parent.scope === c.scope && f.extra === null) {
    const value = parent.slots[c.at2];
    if (value !== undefined) return value;
  }
  const holder = holderOf(name, f);
  if (holder !== null) {
    const slot = holder.scope.slots.get(name);
    if (holder === parent && slot !== undefined) {
      c.scope = parent.scope;
      c.at2 = slot;
    }
    return heldBy(holder, name);
  }
  const { q } = f;
  q.pos = c.pos;
  // `{x:}` takes variables only.
  const found = c.at === 1 ? undefined : named(name, q);
  if (found !== undefined) return found;
  throw lookupErr(msg.undefinedVariable(name), '', hintFor(name, f));
}

/** The variable of that name where the query is now, as a bare name in its text would give it; nothing else has names here. */
export function variable(name: string, q: Query): Value {
  const holder = holderOf(name, q.frame);
  if (holder === null) throw lookupErr(msg.undefinedVariable(name), '', hintFor(name, q.frame));
  return heldBy(holder, name);
}

function named(name: string, q: Query): Value | undefined {
  if (q.system.modules.has(name)) return new Module(q.module(name).name);
  const procedure = q.procedures()?.get(name);
  if (procedure !== undefined) return procedure.closure;
  return CONSTANTS.get(name);
}

/** The nearest name of a variable, procedure, constant or function that exists. */
function hintFor(name: string, f: Frame): string {
  const names: string[] = [];
  for (let frame: Frame | null = f; frame !== null; frame = frame.parent) {
    frame.scope.names.forEach((known, slot) => {
      if (frame.slots[slot] !== undefined) names.push(known);
    });
  }
  return nearest(name, [...names, ...(f.q.procedures()?.keys() ?? []), ...CONSTANTS.keys(), ...f.q.registry.functionNames()]) ?? '';
}

/** `name op= value`: the nearest variable of that name, of a caller too. */
export function assignCompound(c: Code, f: Frame, right: Value): Value {
  const { q } = f;
  q.pos = c.pos;
  const { name } = c;
  const { parent } = f;
  // Nearly always the caller is the one that it was the last time. In this frame the name has no value, or it would not be asked for.
  if (parent !== null && parent.scope === c.scope && f.extra === null) {
    const held = parent.slots[c.at2];
    if (held !== undefined) return (parent.slots[c.at2] = ops.compound(q, c.at, held, right));
  }
  const holder = holderOf(name, f);
  if (holder === null) throw lookupErr(msg.undefinedVariable(name), '', hintFor(name, f));
  const value = ops.compound(q, c.at, heldBy(holder, name), right);
  const slot = holder.scope.slots.get(name);
  if (slot !== undefined && holder === parent) {
    c.scope = parent.scope;
    c.at2 = slot;
  }
  if (slot !== undefined && holder.slots[slot] !== undefined) holder.slots[slot] = value;
  else holder.extra!.set(name, value);
  return value;
}

/** `name(…)`, where name is no built-in: a type or enum, a procedure, a module or a variable with a closure. */
export function callName(c: Code, f: Frame): Value {
  const { q } = f;
  const { name } = c;
  q.pos = c.pos;
  const callee = calleeOf(c, f);
  if (callee !== null) return callClosure(c, callee, f, null);
  if (q.collection !== null) {
    const made = callType(c, f);
    if (made !== undefined) return made;
  }
  if (q.system.modules.has(name)) return q.callModule(name, c.list.map(arg => () => run(arg, f)));
  const holder = holderOf(name, f);
  if (holder === null) {
    throw lookupErr(msg.undefinedFunction(name), '', nearest(name, [...q.registry.functionNames(), ...(q.procedures()?.keys() ?? [])]) ?? '');
  }
  throw typeErr(msg.variableNotCallable(name, typeName(heldBy(holder, name))));
}

/**
 * The closure that `name(…)` calls: a procedure's, or the value of a variable. Null when the name stands for no closure.
 * `from` is the frame of the call; or its caller's, where compiled code has none and the text does not hold the name.
 */
export function calleeOf(c: Code, from: Frame): Closure | null {
  const { q } = from;
  const site = c.extra as CallSite;
  if (site.names !== q.names.current && !isKnown(c, site, q)) return null;
  if (site.procedure !== null) return site.procedure;
  const { modules } = q.system;
  if (modules.size > 0 && modules.has(c.name)) return null;
  if (c.n >= 0) {
    const own = from.slots[c.n];
    if (own instanceof Closure) return own;
  }
  const outer = from.scope === site.home ? from.outer : from;
  // Nearly always the caller is the one that it was the last time, see below.
  if (outer !== null && outer.scope === site.scope) {
    const value = outer.slots[site.slot];
    if (value instanceof Closure) return value;
  }
  return variableCallee(c, site, from, outer);
}

/** Looks the name up in the tables of the scope. False when it is the name of a type or an enumerator. */
function isKnown({ name }: Code, site: CallSite, q: Query): boolean {
  const { collection } = q;
  if (collection !== null && (collection.types.has(name) || collection.enums.has(name))) return false;
  site.procedure = q.procedures()?.get(name)?.closure ?? null;
  site.names = q.names.current;
  return true;
}

function variableCallee({ name }: Code, site: CallSite, from: Frame, outer: Frame | null): Closure | null {
  const holder = holderOf(name, from);
  if (holder === null) return null;
  if (holder === outer && !site.home.slots.has(name)) {
    const slot = outer.scope.slots.get(name);
    if (slot !== undefined) {
      site.scope = outer.scope;
      site.slot = slot;
    }
  }
  const variable = heldBy(holder, name);
  return variable instanceof Closure ? variable : null;
}

/**
 * Calls a closure with the arguments of a call; `first`, when given, comes before them (a method's thing).
 * Arguments beyond the closure's list are not evaluated, missing ones are nil.
 */
export function callClosure(c: Code, closure: Closure, f: Frame, first: Value | null): Value {
  const { q } = f;
  const { params } = q.codeOf(closure);
  const { list } = c;
  const given = first === null ? 0 : 1;
  // Evaluated in the caller's frame, before the closure's exists.
  const n = Math.min(params.length - given, list.length);
  if (given + n <= 3) {
    const x = n > 0 ? run(list[0]!, f) : null;
    const y = n > 1 ? run(list[1]!, f) : null;
    const z = n > 2 ? run(list[2]!, f) : null;
    return given === 0 ? invoke(q, closure, c.pos, x, y, z, null) : invoke(q, closure, c.pos, first, x, y, null);
  }
  const args: Value[] = given === 0 ? [] : [first];
  for (let i = 0; i < n; i++) args.push(run(list[i]!, f));
  return invoke(q, closure, c.pos, args[0]!, args[1]!, args[2]!, args);
}

/** Calls a closure with arguments that are evaluated: the first three, and, when there are more, all of them. */
export function invoke(q: Query, closure: Closure, pos: number, a: Value, b: Value, c: Value, all: readonly Value[] | null): Value {
  q.pos = pos;
  if (--q.look < 0) q.check(pos);
  const caller = q.frame;
  // Evaluating an argument may have bound the closure, which lets go of the code that it had.
  const code = q.admit(closure);
  const { compiled, params } = code;
  let value: Value;
  try {
    if (compiled !== null && params.length <= 3) value = compiled(q, null, a, b, c);
    else {
      const { slots } = q.open(code.scope);
      for (let i = 3; i < params.length; i++) slots[params[i]!] = all !== null && i < all.length ? all[i]! : null;
      value = runClosure(code, q.frame, a, b, c);
    }
  } catch (e) {
    closure.active--;
    q.frame = caller;
    throw q.located(e, code.scope);
  }
  closure.active--;
  q.frame = caller;
  q.pos = pos;
  return value;
}
