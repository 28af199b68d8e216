/** Making instances of types, and the values that fields have by default. */
import { typeErr } from '../errors/query-error.ts';
import { types as msg } from '../errors/messages/types.ts';
import { assert } from '../errors/assert.ts';
import * as int from '../values/int.ts';
import { fromFloat } from '../values/datetime.ts';
import type { Enum } from '../values/enum.ts';
import { accept, fitField } from '../collection/fit.ts';
import * as raw from '../values/raw.ts';
import { KIND, type Spec } from '../values/spec.ts';
import { FIT, fit } from '../values/spec-check.ts';
import { eachProperty, emptyShape } from '../values/shape.ts';
import { becomePlain, plainShape, type Type } from '../values/type.ts';
import {
  Bytes, Closure, ErrorValue, List, Regex, Room, Task, Thing, ThingSet, float, type Value,
} from '../values/value.ts';
import type { Query } from './query.ts';

const EMPTY_BYTES = new Bytes(new Uint8Array(0));
const FLOAT_ZERO = float(0);
const ANY_TEXT = new Regex('.*', '');

/** The value that a field has when none is given: a new one each time, where it could be changed. */
export function defaultOf(q: Query, spec: Spec): Value {
  if (spec.fallback !== undefined) return spec.fallback;
  if (spec.nillable) return null;
  const { range } = spec;
  switch (spec.kind) {
    case KIND.bool: return false;
    case KIND.int: return range === null ? 0 : int.compare(range.min, 0) > 0 ? range.min : int.compare(range.max, 0) < 0 ? range.max : 0;
    case KIND.uint:
    case KIND.number: return 0;
    case KIND.pint: return 1;
    case KIND.nint: return -1;
    case KIND.float: return range === null ? FLOAT_ZERO : float(Math.max(Number(range.min), Math.min(Number(range.max), 0)));
    case KIND.str:
    case KIND.utf8: {
      if (range === null || range.min === 0) return '';
      q.assertBytes(Number(range.min));
      return '-'.repeat(Number(range.min));
    }
    case KIND.raw:
    case KIND.email:
    case KIND.url:
    case KIND.tel: return '';
    case KIND.bytes: return EMPTY_BYTES;
    case KIND.datetime: return fromFloat(Math.floor(q.host.now()), q.zone(), false);
    case KIND.timeval: return fromFloat(Math.floor(q.host.now()), q.zone(), true);
    case KIND.regex: return ANY_TEXT;
    case KIND.closure: return new Closure('||nil', '||nil', null, true);
    case KIND.error: return new ErrorValue(-100, 'error:-100');
    case KIND.room: return new Room();
    case KIND.task: return new Task(0);
    case KIND.thing: {
      return new Thing(emptyShape().restrictedBy(spec.item));
    }
    case KIND.list: return new List([]);
    case KIND.set: return new ThingSet(new Set());
    case KIND.type: return newInstance(q, spec.target as Type);
    case KIND.enum: return (spec.target as Enum).members[0] ?? null;
    default: return null;
  }
}

/** An instance with defaults only. */
export function newInstance(q: Query, type: Type): Thing {
  assert(!type.wrapOnly, 'a wrap-only type has no instances');
  q.step();
  return instanceOf(type, type.fields.map(field => defaultOf(q, field.spec)));
}

/** An instance of these values, which fit; undefined ones get their default. */
export function completeInstance(q: Query, type: Type, values: (Value | undefined)[]): Thing {
  const { fields } = type;
  for (let i = 0; i < fields.length; i++) if (values[i] === undefined) values[i] = defaultOf(q, fields[i]!.spec);
  return instanceOf(type, values as Value[]);
}

function instanceOf(type: Type, values: Value[]): Thing {
  const thing = new Thing(type.shape, values);
  raw.ownValues(thing);
  return thing;
}

/** An instance with the values of a thing; what the type does not have is left out. */
export function instanceFrom(q: Query, type: Type, source: Thing): Thing {
  if (source.type !== null && source.type !== type) throw typeErr(msg.fromOther(type.name, source.type.name), 'collection-api/new');
  const values = new Array<Value | undefined>(type.fields.length).fill(undefined);
  eachProperty(source, (key, value) => {
    const at = type.shape.find(key);
    if (at >= 0) values[at] = fitField(q, type.fields[at]!, value, false, false);
  });
  return completeInstance(q, type, values);
}

export function assertNotWrapOnly(type: Type): void {
  if (type.wrapOnly) throw typeErr(msg.wrapOnly(type.name));
}

/**
 * Brings an instance up to date that a change of its type did not reach: fields by name, where the value still
 * fits, else the default.
 */
export function refresh(q: Query, thing: Thing): void {
  const type = thing.type!;
  const old = { shape: thing.shape, values: thing.toValues() };
  for (const value of old.values) raw.disown(value, thing);
  if (type.deleted) becomePlain(thing, plainShape(thing.shape));
  else {
    thing.shape = type.shape;
    thing.setValues(type.fields.map(({ name, spec }) => {
      const at = old.shape.find(name);
      return at >= 0 && fit(spec, old.values[at]!) === FIT.yes ? accept(q, spec, old.values[at]!, true) : defaultOf(q, spec);
    }));
  }
  raw.ownValues(thing);
}
