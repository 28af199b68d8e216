/**
 * What a wrap shows: the fields of its type that the thing has, then the methods, computed.
 *
 * Of a plain thing each value is held against the field's definition; of an instance only the definitions are
 * compared, once for each pair of types.
 */
import { QueryError } from '../errors/query-error.ts';
import { wraps as msg } from '../errors/messages/types.ts';
import { truthy } from '../values/compare.ts';
import { KIND, SPEC_FLAG, type Spec } from '../values/spec.ts';
import { FIT, fit } from '../values/spec-check.ts';
import { COMPAT, compatible } from '../values/spec-compat.ts';
import { eachProperty } from '../values/shape.ts';
import type { Enum } from '../values/enum.ts';
import type { Field, Type } from '../values/type.ts';
import { List, Member, TAG, Thing, ThingSet, Wrap, type Closure, type Value } from '../values/value.ts';
import { NO_IDS, type WrapEntry } from '../wire/result.ts';
import type { Query } from './query.ts';

/** Tells the properties that `wrap` shows with depth `deep` (at least 1), each with depth and flags of its value. */
export function wrapEntries(q: Query, wrap: Wrap, deep: number, flags: number, entry: WrapEntry): void {
  const { thing, type } = wrap;
  if (type.deleted) {
    // Nothing is left that could hide anything.
    eachProperty(thing, (key, value) => entry(key, value, deep - 1, flags, null));
    return;
  }
  for (const { field, at } of shownFields(thing, type)) {
    const { spec } = field;
    const held = thing.valueAt(at);
    if (thing.type === null && !shows(spec, held)) continue;
    const value = named(spec, asThing(spec, held));
    if ((spec.flags & SPEC_FLAG.skipNil) !== 0 && value === null) continue;
    if ((spec.flags & SPEC_FLAG.skipFalse) !== 0 && !truthy(value)) continue;
    if (spec.nested !== null && !isStructure(spec, value)) continue;
    entry(field.name, wrapped(spec, value), deepOf(spec, deep), (spec.flags & SPEC_FLAG.noIds) !== 0 ? flags | NO_IDS : flags, null);
  }
  for (const [name, closure] of type.methods) {
    const computed = compute(q, closure, thing);
    entry(name, computed.value, computed.deep, flags | computed.flags, closure);
  }
}

/** `&` stays at the depth of the thing itself, `-` shows least, `+` most; a structure is shown, but not what is in it. */
function deepOf(spec: Spec, deep: number): number {
  if (spec.nested !== null) return 1;
  if ((spec.flags & SPEC_FLAG.minDeep) !== 0) return (spec.flags & SPEC_FLAG.sameDeep) !== 0 ? 1 : 0;
  if ((spec.flags & SPEC_FLAG.maxDeep) !== 0) return DEEP_MAX;
  return (spec.flags & SPEC_FLAG.sameDeep) !== 0 ? deep : deep - 1;
}
const DEEP_MAX = 127;

interface Shown {
  readonly field: Field;
  /** Position of the value in the thing. */
  readonly at: number;
}

interface Mapping {
  readonly revisions: readonly [number, number];
  readonly fields: readonly Shown[];
}

/** The fields of `type` that `thing` has: for an instance those only whose definitions go together. */
function shownFields(thing: Thing, type: Type): readonly Shown[] {
  const source = thing.type;
  if (source === null || thing.shape !== source.shape) return commonFields(thing, type);
  const known = type.mappings.get(source) as Mapping | undefined;
  if (known !== undefined && known.revisions[0] === type.revision && known.revisions[1] === source.revision) return known.fields;
  const fields = commonFields(thing, type).filter(({ field, at }) => goesWith(source.fields[at]!.spec, field.spec));
  // Deleted types would pile up.
  if (type.mappings.size > MAPPINGS_MAX) type.mappings.clear();
  type.mappings.set(source, { revisions: [type.revision, source.revision], fields } satisfies Mapping);
  return fields;
}
const MAPPINGS_MAX = 100;

function commonFields({ shape }: Thing, type: Type): Shown[] {
  const shown: Shown[] = [];
  for (const field of type.fields) {
    const at = shape.find(field.name);
    if (at >= 0) shown.push({ field, at });
  }
  return shown;
}

function goesWith(source: Spec, shown: Spec): boolean {
  if (shown.nested === null) {
    if ((shown.flags & SPEC_FLAG.enumName) !== 0 && namesEnum(source)) return nameGoesWith(source, shown);
    return compatible(source, shown, true) === COMPAT.yes;
  }
  if (shown.nestedList) return source.kind === KIND.set || (source.kind === KIND.list && (source.item === null || isThing(source.item)));
  return isThing(source) || (source.kind === KIND.enum && (source.target as Enum).kind === TAG.thing);
}

const namesEnum = (spec: Spec): boolean => spec.kind === KIND.enum || (spec.kind === KIND.list && spec.item !== null && namesEnum(spec.item));

/** As {@link compatible}, for members that are shown by their names. */
function nameGoesWith(source: Spec, shown: Spec): boolean {
  if (shown.kind === KIND.any) return true;
  if (source.nillable && !shown.nillable) return false;
  if (source.kind === KIND.list) return shown.kind === KIND.list && (shown.item === null || nameGoesWith(source.item!, shown.item));
  if (shown.kind === KIND.enum) return shown.target === source.target;
  return shown.kind === KIND.anyEnum || (shown.range === null && (shown.kind === KIND.str || shown.kind === KIND.utf8 || shown.kind === KIND.raw));
}

const isThing = (spec: Spec): boolean => spec.kind === KIND.thing || spec.kind === KIND.type;

/** Whether a structure can be shown of this value: a thing, or a list or set of things only. */
function isStructure(spec: Spec, value: Value): boolean {
  if (!spec.nestedList) return value instanceof Thing;
  return value instanceof ThingSet || (value instanceof List && value.items.every(item => item instanceof Thing));
}

/** Whether a value of a plain thing is shown. Which type things are of does not matter: they are wrapped themselves. */
function shows(spec: Spec, value: Value, flags = spec.flags): boolean {
  if (spec.nested !== null) return true; // looked at later
  if (value instanceof Member && spec.kind !== KIND.enum && spec.kind !== KIND.anyEnum && spec.kind !== KIND.any) {
    return shows(spec, (flags & SPEC_FLAG.enumName) !== 0 ? value.name : value.value);
  }
  switch (spec.kind) {
    case KIND.thing:
    case KIND.type: return value instanceof Thing || (value === null && spec.nillable);
    case KIND.set: return value instanceof ThingSet || (value === null && spec.nillable);
    case KIND.list: {
      if (value instanceof ThingSet) return spec.item === null || isThing(spec.item);
      if (!(value instanceof List)) return value === null && spec.nillable;
      const { item } = spec;
      return item === null || value.items.every(it => shows(item, it, flags));
    }
    default: return fit(spec, value) === FIT.yes;
  }
}

/** Where a thing is wanted, a member is the thing that it stands for. */
function asThing(spec: Spec, value: Value): Value {
  return value instanceof Member && (spec.nested !== null || isThing(spec)) ? value.value : value;
}

/** With `*` members show their names, in lists too. */
function named(spec: Spec, value: Value): Value {
  if ((spec.flags & SPEC_FLAG.enumName) === 0) return value;
  if (value instanceof Member) return value.name;
  return value instanceof List && value.items.some(item => item instanceof Member) ? new List(value.items.map(item => named(spec, item)), true) : value;
}

/** Things that the definition gives a type are wrapped by it. */
function wrapped(spec: Spec, value: Value): Value {
  const type = spec.nested ?? (spec.kind === KIND.type ? spec.target : spec.item?.kind === KIND.type ? spec.item.target : null);
  if (type === null) return value;
  const wrap = (item: Value): Value => (item instanceof Thing ? new Wrap(item, type as Type) : item);
  if (value instanceof List) return new List(value.items.map(wrap), true);
  if (value instanceof ThingSet) return new List([...value.things].map(wrap), true);
  if (spec.kind === KIND.thing) return value;
  return wrap(value);
}

interface Computed {
  readonly value: Value;
  readonly deep: number;
  readonly flags: number;
}

/** The value of a method, with the depth that it asks for: by default that of the scope. An error is its message. */
function compute(q: Query, closure: Closure, thing: Thing): Computed {
  const { deep, flags } = q;
  const futures = q.futures.length;
  if (q.hasSideEffects(closure)) return { value: msg.sideEffects(), deep: 0, flags: 0 };
  q.deep = q.defaultDeep();
  q.flags = 0;
  q.quiet++;
  try {
    const value = q.call(closure, [thing]);
    if (q.futures.length > futures) return { value: msg.futures(), deep: 0, flags: 0 };
    return { value, deep: q.deep, flags: q.flags };
  } catch (e) {
    if (!(e instanceof QueryError)) throw e;
    return { value: e.text(q.docsUrl), deep: 0, flags: 0 };
  } finally {
    q.quiet--;
    q.futures.length = futures;
    q.deep = deep;
    q.flags = flags;
  }
}

