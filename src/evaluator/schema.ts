/** Evaluating what names a type or an enumerator: `T{…}`, `T(…)`, `E{A}`, `E(…)`, `&{…}`. */
import { lookupErr, numArgumentsErr, typeErr } from '../errors/query-error.ts';
import { types as msg } from '../errors/messages/types.ts';
import { enums as enumMsg } from '../errors/messages/enums.ts';
import { nearest } from '../../grammar/nearest.ts';
import type { Enum } from '../values/enum.ts';
import { fitField } from '../collection/fit.ts';
import type { Shape } from '../values/shape.ts';
import { sliceBytes } from '../values/str.ts';
import type { Type } from '../values/type.ts';
import { Closure, TAG, TAG_NAMES, Thing, isInt, tagOf, typeName, type Member, type Value } from '../values/value.ts';
import { OP, type Code } from './code.ts';
import { emptySlots, type Frame } from './frame.ts';
import { storedThing } from './held.ts';
import { assertNotWrapOnly, completeInstance, instanceFrom } from './instance.ts';
import type { Query } from './query.ts';
import { run } from './run.ts';
import type { ClosureTemplate } from './resolve.ts';

/** Where the names of a literal `T{…}` stand in the type: worked out once for each shape of the type. */
class InstancePlan {
  readonly keys: readonly string[];
  shape: Shape | null = null;
  /** Position of each name in the type; -1 for one that the type does not have. */
  at: number[] = [];
  constructor(keys: readonly string[]) {
    this.keys = keys;
  }

  for(type: Type): readonly number[] {
    if (this.shape !== type.shape) {
      this.shape = type.shape;
      this.at = this.keys.map(key => type.shape.find(key));
    }
    return this.at;
  }
}

/** `T{…}`: values are checked in the order in which they stand there; what the type does not have is not evaluated. */
export function instance(c: Code, f: Frame): Value {
  const { q } = f;
  q.pos = c.pos;
  if (q.collection === null) throw lookupErr(msg.noneInScope('types', q.scopeName()));
  const type = q.collection.types.get(c.name);
  if (type === undefined) throw lookupErr(msg.undefined(c.name), '', nearest(c.name, q.collection?.types.keys() ?? []) ?? '');
  assertNotWrapOnly(type);
  const plan = c.extra instanceof InstancePlan ? c.extra : (c.extra = new InstancePlan(c.extra as string[])) as InstancePlan;
  const at = plan.for(type);
  const { list } = c;
  const values = emptySlots(type.fields.length);
  q.step();
  type.locks++;
  try {
    for (let i = 0; i < list.length; i++) {
      if (at[i]! < 0) {
        // `{z:}` takes the variable before it is known whether the type has such a field.
        if (list[i]!.op === OP.local && list[i]!.at === 1) run(list[i]!, f);
        continue;
      }
      const value = run(list[i]!, f);
      q.pos = c.pos;
      values[at[i]!] = fitField(q, type.fields[at[i]!]!, value, list[i]!.op === OP.list, false);
    }
  } finally {
    type.locks--;
  }
  return completeInstance(q, type, values);
}

/** `E{A}`, or `E{|| …}` with a closure that gives the name. */
export function member(c: Code, f: Frame): Value {
  const { q } = f;
  q.pos = c.pos;
  if (q.collection === null) throw lookupErr(msg.noneInScope('enumerators', q.scopeName()));
  const found = q.collection.enums.get(c.name);
  if (found === undefined) throw lookupErr(enumMsg.undefined(c.name), '', nearest(c.name, q.collection?.enums.keys() ?? []) ?? '');
  let name: Value = c.extra as string;
  if (c.a !== null) {
    const { node, source, text, code } = c.a.extra as ClosureTemplate;
    const closure = new Closure(text, source, node, false);
    closure.code = code;
    name = q.call(closure, []);
    q.pos = c.pos;
    if (typeof name !== 'string') throw typeErr(enumMsg.lookupType(typeName(name)), 'data-types/enum');
  }
  const chosen = found.byName.get(name);
  if (chosen === undefined) throw lookupErr(enumMsg.noMember(found.name, name), '', nearest(name, found.byName.keys()) ?? '');
  return chosen;
}

/** `T(…)`, `E(…)`; undefined when there is neither a type nor an enumerator of that name. */
export function callType(c: Code, f: Frame): Value | undefined {
  const collection = f.q.collection!;
  const type = collection.types.get(c.name);
  if (type !== undefined) return construct(type, c, f);
  const found = collection.enums.get(c.name);
  return found === undefined ? undefined : callEnum(found, c, f);
}

function construct(type: Type, c: Code, f: Frame): Value {
  const { q } = f;
  const { list } = c;
  if (list.length > 1) throw numArgumentsErr(msg.takesOne('type', type.name, list.length));
  assertNotWrapOnly(type);
  if (list.length === 0) return completeInstance(q, type, new Array<undefined>(type.fields.length).fill(undefined));
  type.locks++;
  try {
    const value = run(list[0]!, f);
    q.pos = c.pos;
    return typed(q, type, value);
  } finally {
    type.locks--;
  }
}

/** The instance that a thing makes, or that an id finds. */
export function typed(q: Query, type: Type, value: Value): Thing {
  if (value instanceof Thing) return instanceFrom(q, type, value);
  if (!isInt(value)) throw typeErr(msg.convert(typeName(value), type.name));
  const thing = storedThing(q, Number(value));
  if (thing === null) throw lookupErr(msg.noThing(q.theCollection().name, String(value)));
  if (thing.type !== type) throw typeErr(msg.isOfType(thing.id, typeName(thing), type.name));
  return thing;
}

function callEnum(found: Enum, c: Code, f: Frame): Value {
  const { list } = c;
  if (list.length > 1) throw numArgumentsErr(msg.takesOne('enum', found.name, list.length));
  if (list.length === 0) return defaultMember(found);
  return memberByValue(f.q, found, () => run(list[0]!, f), c.pos);
}

/** The first member. An enumerator with methods only has none. */
export function defaultMember(found: Enum): Member {
  const first = found.members[0];
  if (first === undefined) throw lookupErr(enumMsg.noDefault(found.name));
  return first;
}

/** The member with a value that is equal; the enumerator is in use while the value is evaluated. */
export function memberByValue(q: Query, found: Enum, evaluate: () => Value, pos: number): Member {
  let value: Value;
  found.locks++;
  try {
    value = evaluate();
  } finally {
    found.locks--;
  }
  q.pos = pos;
  const chosen = found.byValue(value);
  if (chosen !== null) return chosen;
  const tag = tagOf(value);
  if (tag === found.kind && tag === TAG.int) throw lookupErr(enumMsg.noValue(found.name, String(value)));
  if (tag === found.kind && tag === TAG.str) throw lookupErr(enumMsg.noValue(found.name, `\`${sliceBytes(value as string, 0, VALUE_BYTES)}\``));
  throw typeErr(enumMsg.valueType(found.name, TAG_NAMES[found.kind] ?? 'nil', typeName(value)));
}

/** Of a str that no member has, the error text shows so many bytes. */
const VALUE_BYTES = 20;

export { anonymous } from './anonymous.ts';
export { wrapEntries } from './wraps.ts';
