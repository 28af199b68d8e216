/** Reading and assigning properties: `x.name`, `x.name = v`. */
import { lookupErr, typeErr, valueErr, type QueryError } from '../errors/query-error.ts';
import { change as msg, shownKey } from '../errors/messages/change.ts';
import { types as typeMsg } from '../errors/messages/types.ts';
import { isName } from '../values/shape.ts';
import { nearest } from '../../grammar/nearest.ts';
import { use } from '../collection/in-use.ts';
import { assertKeyAllowed, assertMutable, setProperty as mutateProperty } from '../collection/mutate.ts';
import { Thing, typeName, type Value } from '../values/value.ts';
import type { Code } from './code.ts';
import type { Frame } from './frame.ts';
import * as ops from './operators.ts';
import type { Query } from './query.ts';
import { run } from './run.ts';

/** `target.name` on whatever the target is; remembers where it was found, for the next time. */
export function getProperty(c: Code, target: Value, q: Query): Value {
  q.pos = c.pos;
  if (!(target instanceof Thing)) throw typeErr(msg.noProperties(typeName(target)));
  const at = target.shape.find(c.name);
  if (at >= 0) {
    // A shape that may change, or that belongs to one thing alone, is not worth remembering.
    if (target.shape.shared) {
      c.shape = target.shape;
      c.at = at;
    }
    return target.valueAt(at);
  }
  const method = target.type?.methods.get(c.name);
  if (method !== undefined) return method;
  throw noProperty(target, c.name);
}

/** The error for a property that a thing does not have, with the nearest name that it has. `asKey`: it was asked for as `t['name']`. */
export function noProperty(thing: Thing, name: string, asKey = false): QueryError {
  const hint = nearest(name, thing.shape.keys) ?? '';
  if (thing.type !== null) return lookupErr(msg.typeNoPropertyOrMethod(thing.type.name, name), '', hint);
  return lookupErr(msg.noProperty(thing.id, asKey ? shownKey(name) : name), '', hint);
}

/** `target.name = value` and its compound forms. The thing is in use while the right side runs. */
export function setProperty(c: Code, target: Value, f: Frame): Value {
  const { q } = f;
  const thing = assertAssignable(c, target, q);
  let value: Value;
  const outer = use(q, thing);
  try {
    value = run(c.b!, f);
  } finally {
    q.inUse = outer;
  }
  return assignProperty(c, thing, value, q);
}

/** The thing whose property may be assigned. */
export function assertAssignable(c: Code, target: Value, q: Query): Thing {
  q.pos = c.pos;
  if (!(target instanceof Thing)) throw typeErr(msg.cannotAssign(typeName(target)));
  assertMutable(q, target);
  return target;
}

export function assignProperty(c: Code, thing: Thing, value: Value, q: Query): Value {
  q.pos = c.pos;
  return put(q, thing, c.name, c.at, c.n === 1, value, noPropertyToAssign);
}

type MissingError = (thing: Thing, key: string) => QueryError;

/** Assigns to a property by key: the thing may be changed, but is in use while the right side runs. */
export function assignKey(c: Code, thing: Thing, key: string, f: Frame, missing: MissingError): Value {
  const { q } = f;
  assertMutable(q, thing);
  let value: Value;
  const outer = use(q, thing);
  try {
    value = run(c.c!, f);
  } finally {
    q.inUse = outer;
  }
  q.pos = c.pos;
  return put(q, thing, key, c.at, c.n === 1, value, missing);
}

/** `op` is the operator of a compound assignment or -1, `missing` the error when it needs a property that is not there. */
function put(q: Query, target: Thing, key: string, op: number, fresh: boolean, value: Value, missing: MissingError): Value {
  const at = target.shape.find(key);
  if (op >= 0) {
    if (at < 0) throw missing(target, key);
    const old = target.valueAt(at);
    value = ops.compound(q, op, old, value);
    if (value === old) return value; // a set that was changed in place
  } else if (target.type !== null) {
    if (at < 0) throw noPropertyToAssign(target, key);
  } else {
    assertKeyAllowed(key);
  }
  mutateProperty(q, target, key, value, fresh);
  // The value of an assignment is what the property now has, which may be a copy.
  return target.valueAt(target.shape.find(key));
}

/** The error for assigning to a property that a thing does not have and cannot get. */
export function noPropertyToAssign(thing: Thing, key: string): QueryError {
  if (thing.type !== null && !isName(key)) return valueErr(typeMsg.propertyNaming(), 'overview/names');
  const hint = nearest(key, thing.shape.keys) ?? '';
  if (thing.type !== null) return lookupErr(msg.typeNoProperty(thing.type.name, key), '', hint);
  return lookupErr(msg.noProperty(thing.id, key), '', hint);
}
