/** Holds a value against a definition, and says in ThingsDB's words what is wrong with it. */
import { typeErr, valueErr, type QueryError } from '../errors/query-error.ts';
import { arrayOf, mismatch as msg, thingOf, wants } from '../errors/messages/types.ts';
import { fixedText } from './float.ts';
import { isEmail, isTel, isUrl } from './patterns.ts';
import { INT_MAX, compare, type Int } from './int.ts';
import { Budget, test } from './regex.ts';
import { KIND, type Range, type Spec } from './spec.ts';
import { byteLength, isUtf8 } from './str.ts';
import type { Field, Type } from './type.ts';
import { Float, Member, TAG, Thing, isInt, tagOf, typeName, type List, type ThingSet, type Value } from './value.ts';

/** What {@link fit} answers: it fits, it is of another type, or of the right type with a wrong value. */
export const FIT = { yes: 0, type: 1, value: 2 } as const;
type Fit = 0 | 1 | 2;

const yesIf = (right: boolean): Fit => (right ? FIT.yes : FIT.type);
const ofValue = (right: boolean): Fit => (right ? FIT.yes : FIT.value);

/** Whether a value fits a definition. What is within a list, set or restricted thing is looked at too. */
export function fit(spec: Spec, value: Value): Fit {
  if (value === null) return yesIf(spec.nillable || spec.kind === KIND.any || spec.kind === KIND.anyEnum);
  const tag = tagOf(value);
  switch (spec.kind) {
    case KIND.any: return yesIf(tag !== TAG.future && tag !== TAG.module);
    case KIND.bool: return yesIf(tag === TAG.bool);
    case KIND.int:
      if (tag !== TAG.int) return FIT.type;
      return spec.range === null || within(spec.range, value as Int) ? FIT.yes : FIT.value;
    case KIND.uint: return tag !== TAG.int ? FIT.type : ofValue((value as Int) >= 0);
    case KIND.pint: return tag !== TAG.int ? FIT.type : ofValue((value as Int) > 0);
    case KIND.nint: return tag !== TAG.int ? FIT.type : ofValue((value as Int) < 0);
    case KIND.float: {
      if (tag !== TAG.float) return FIT.type;
      const x = (value as Float).value;
      return spec.range === null || (x >= Number(spec.range.min) && x <= Number(spec.range.max)) ? FIT.yes : FIT.value;
    }
    case KIND.number: return yesIf(tag === TAG.int || tag === TAG.float);
    case KIND.str:
      if (tag !== TAG.str) return FIT.type;
      return spec.range === null || within(spec.range, byteLength(value as string)) ? FIT.yes : FIT.value;
    case KIND.utf8:
      if (tag !== TAG.str) return FIT.type;
      if (!isUtf8(value as string)) return FIT.value;
      return spec.range === null || within(spec.range, byteLength(value as string)) ? FIT.yes : FIT.value;
    case KIND.raw: return yesIf(tag === TAG.str || tag === TAG.bytes);
    case KIND.bytes: return yesIf(tag === TAG.bytes);
    // A default takes away that nothing at all is fine too.
    case KIND.email: return tag !== TAG.str ? FIT.type : ofValue((value === '' && spec.fallback === undefined) || isEmail(value as string));
    case KIND.url: return tag !== TAG.str ? FIT.type : ofValue((value === '' && spec.fallback === undefined) || isUrl(value as string));
    case KIND.tel: return tag !== TAG.str ? FIT.type : ofValue((value === '' && spec.fallback === undefined) || isTel(value as string));
    case KIND.datetime: return yesIf(tag === TAG.datetime);
    case KIND.timeval: return yesIf(tag === TAG.timeval);
    case KIND.regex: return yesIf(tag === TAG.regex);
    case KIND.closure: return yesIf(tag === TAG.closure);
    case KIND.error: return yesIf(tag === TAG.error);
    case KIND.room: return yesIf(tag === TAG.room);
    case KIND.task: return yesIf(tag === TAG.task);
    case KIND.thing: {
      if (tag !== TAG.thing) return FIT.type;
      const { item } = spec;
      return item === null ? FIT.yes : (value as Thing).type !== null ? FIT.type : worst(item, (value as Thing).toValues());
    }
    case KIND.anyEnum: return yesIf(tag === TAG.member);
    case KIND.list: {
      if (tag !== TAG.list && tag !== TAG.tuple) return FIT.type;
      return spec.item === null ? FIT.yes : worst(spec.item, (value as List).items);
    }
    case KIND.set: {
      if (tag !== TAG.set) return FIT.type;
      return fitsSet(spec.item, (value as ThingSet).things) ? FIT.yes : FIT.value;
    }
    case KIND.type: return yesIf(value instanceof Thing && value.type === spec.target);
    case KIND.enum: return yesIf(value instanceof Member && value.enum === spec.target);
    case KIND.pattern: return tag !== TAG.str ? FIT.type : ofValue(test(spec.pattern!, value as string, new Budget(PATTERN_MILLISECONDS)));
    default: return FIT.type;
  }
}

const PATTERN_MILLISECONDS = 1_000;

/**
 * What a restricted thing takes. ThingsDB departs here in two ways: `enum` does not take nil, and where the
 * restriction is a type that may be nil, nothing but nil is taken.
 */
export function fitsRestriction(spec: Spec, value: Value): boolean {
  if (spec.isVoid) return true;
  if (spec.kind === KIND.type && spec.nillable) return value === null;
  if (spec.kind === KIND.anyEnum && value === null) return spec.nillable;
  return fit(spec, value) === FIT.yes;
}

const within = ({ min, max }: Range, n: Int): boolean => compare(n, min) >= 0 && compare(n, max) <= 0;

function worst(item: Spec, values: readonly Value[]): Fit {
  for (const value of values) {
    const f = fit(item, value);
    if (f !== FIT.yes) return f;
  }
  return FIT.yes;
}

export function fitsSet(item: Spec | null, things: Iterable<Thing>): boolean {
  if (item === null || item.kind !== KIND.type) return true;
  for (const thing of things) if (thing.type !== item.target) return false;
  return true;
}

/** Whether two restrictions of things demand the same. */
export function sameRestriction(a: Spec, b: Spec): boolean {
  return a.kind === b.kind && a.target === b.target && a.nillable === b.nillable;
}

/** What is wrong with a value for a field; null when it fits. */
export function fieldProblem({ type, name, spec }: Field, value: Value): QueryError | null {
  const f = fit(spec, value);
  const wrong = (why: string): QueryError => valueErr(msg.property(type.name, name, why));
  if (value instanceof Thing && spec.kind === KIND.thing && spec.item !== null) {
    if (value.type !== null) return typeErr(msg.property(type.name, name, msg.untyped(value.type.name)));
    if (value.spec !== null && !sameRestriction(value.spec, spec.item)) return valueErr(msg.onProperty(type.name, name, msg.restriction()));
    if (f === FIT.yes) return null;
    return f === FIT.value ? wrong(thingOf(many(spec.item))) : typeErr(msg.property(type.name, name, msg.values(spec.text)));
  }
  if (f === FIT.yes) return null;
  switch (tagOf(value)) {
    case TAG.list:
    case TAG.tuple:
      if (spec.kind !== KIND.list) break;
      return f === FIT.value ? wrong(arrayOf(many(spec.item!))) : typeErr(msg.property(type.name, name, msg.items(spec.text)));
    case TAG.set:
      if (spec.kind === KIND.set) return typeErr(msg.property(type.name, name, msg.members(spec.text)));
      break;
    case TAG.future:
    case TAG.module:
      if (spec.kind === KIND.any) return typeErr(msg.property(type.name, name, msg.anyExceptions()));
  }
  return f === FIT.value ? wrong(valueProblem(spec, value)) : typeErr(msg.type(type.name, name, typeName(value), spec.text));
}

/** As {@link fieldProblem}, for a type of which only the name is needed. */
export function specProblem(type: Type, name: string, spec: Spec, value: Value): QueryError | null {
  return fieldProblem({ type, name, spec, relation: null }, value);
}

const many = (item: Spec): string => wantsOf(item).many;

/** Texts of the kinds whose values may be of the right type and yet be wrong. */
export function wantsOf(spec: Spec): { one: string; many: string } {
  switch (spec.kind) {
    case KIND.uint: return wants.uint;
    case KIND.pint: return wants.pint;
    case KIND.nint: return wants.nint;
    case KIND.email: return wants.email;
    case KIND.url: return wants.url;
    case KIND.tel: return wants.tel;
    default: return wants.utf8;
  }
}

function valueProblem(spec: Spec, value: Value): string {
  const { range } = spec;
  if (spec.kind === KIND.pattern) return msg.pattern(`/${spec.pattern!.pattern}/${spec.pattern!.flags}`);
  if (range === null || (spec.kind === KIND.utf8 && !isUtf8(value as string))) return wantsOf(spec).one;
  if (isInt(value)) return msg.intRange(String(range.min), String(range.max));
  if (value instanceof Float) {
    const min = fixedText(Number(range.min));
    const max = fixedText(Number(range.max));
    return Number.isNaN(value.value) ? msg.floatNan(min, max) : msg.floatRange(min, max);
  }
  if (range.min === range.max) return msg.lengthIs(String(range.min));
  if (range.max === INT_MAX) return msg.lengthAtLeast(String(range.min));
  return msg.lengthRange(String(range.min), String(range.max));
}
