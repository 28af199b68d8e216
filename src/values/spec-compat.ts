/** Whether all values of one definition fit another: for `mod_type` without a closure, and for wraps of typed things. */
import type { Enum } from './enum.ts';
import { compare } from './int.ts';
import { KIND, type Range, type Spec } from './spec.ts';
import { TAG } from './value.ts';

export const COMPAT = { yes: 0, nillable: 1, no: 2 } as const;

/** Kinds that the values of a kind also belong to, besides any and itself. */
const WIDER: Readonly<Record<number, readonly number[]>> = {
  [KIND.uint]: [KIND.int, KIND.number],
  [KIND.pint]: [KIND.int, KIND.uint, KIND.number],
  [KIND.nint]: [KIND.int, KIND.number],
  [KIND.int]: [KIND.number],
  [KIND.float]: [KIND.number],
  [KIND.str]: [KIND.raw],
  [KIND.utf8]: [KIND.str, KIND.raw],
  [KIND.bytes]: [KIND.raw],
  [KIND.email]: [KIND.str, KIND.raw],
  [KIND.url]: [KIND.str, KIND.raw],
  [KIND.tel]: [KIND.str, KIND.raw],
  [KIND.pattern]: [KIND.str, KIND.raw],
  [KIND.enum]: [KIND.anyEnum],
  [KIND.type]: [KIND.thing],
};

/** How `from` may become `to`; `wrap` is more lenient with things, and sees the values of enums. */
export function compatible(from: Spec, to: Spec, wrap = false): 0 | 1 | 2 {
  if (to.kind === KIND.any) return COMPAT.yes;
  if (from.nillable && !to.nillable) return COMPAT.nillable;
  if (from.kind === KIND.list && to.kind === KIND.list) return items(from.item, to.item, wrap);
  if (from.kind === KIND.set && to.kind === KIND.set) {
    if (wrap || to.item === null || to.item.kind === KIND.thing || from.item?.target === to.item.target) return COMPAT.yes;
    return COMPAT.no;
  }
  if (wrap && from.kind === KIND.set && to.kind === KIND.list) {
    return to.item === null || isThing(to.item) ? COMPAT.yes : COMPAT.no;
  }
  if (wrap && isThing(to) && (isThing(from) || enumOf(from, TAG.thing))) return COMPAT.yes;
  if (from.kind === KIND.thing && to.kind === KIND.thing) {
    if (to.item === null) return COMPAT.yes;
    return from.item === null ? COMPAT.no : items(from.item, to.item, wrap);
  }
  if (to.kind === KIND.thing && to.item !== null) return COMPAT.no;
  return scalar(from, to, wrap) ? COMPAT.yes : COMPAT.no;
}

const isThing = (spec: Spec): boolean => spec.kind === KIND.thing || spec.kind === KIND.type;

/** Types are the same or not: a list of things of a type is none of things. */
function items(from: Spec | null, to: Spec | null, wrap: boolean): 0 | 1 | 2 {
  if (to === null) return COMPAT.yes;
  if (from === null) return COMPAT.no;
  if (from.nillable && !to.nillable) return COMPAT.nillable;
  if (wrap && isThing(from) && isThing(to)) return COMPAT.yes;
  if (from.kind === KIND.type && to.kind !== KIND.type) return COMPAT.no;
  return scalar(from, to, wrap) ? COMPAT.yes : COMPAT.no;
}

function scalar(from: Spec, to: Spec, wrap: boolean): boolean {
  if (wrap && from.kind === KIND.enum && valuesFit(from.target as Enum, to)) return true;
  if (from.kind === to.kind) return sameKind(from, to, wrap);
  if (from.range !== null && from.kind === KIND.int) return intRangeFits(from.range, to.kind);
  if (from.range !== null && from.kind === KIND.utf8 && to.kind === KIND.str) return to.range === null || contains(to.range, from.range);
  return to.range === null && to.fallback === undefined && (WIDER[from.kind]?.includes(to.kind) ?? false);
}

function sameKind(from: Spec, to: Spec, wrap: boolean): boolean {
  switch (from.kind) {
    case KIND.type:
    case KIND.enum: return from.target === to.target;
    case KIND.pattern: return wrap && from.pattern!.pattern === to.pattern!.pattern && from.pattern!.flags === to.pattern!.flags;
    case KIND.email:
    case KIND.url:
    case KIND.tel:
      // With a default an empty text is not taken; ThingsDB makes no way between the two.
      if (from.fallback === undefined) return to.fallback === undefined;
      return wrap && from.fallback === to.fallback && from.nillable === to.nillable && !from.nillable;
    default:
      if (to.range === null) return true;
      return from.range !== null && contains(to.range, from.range);
  }
}

const contains = (outer: Range, inner: Range): boolean => compareAny(outer.min, inner.min) <= 0 && compareAny(outer.max, inner.max) >= 0;

/** Bounds may be ints or doubles. */
function compareAny(a: number | bigint, b: number | bigint): number {
  return Number.isInteger(a) && Number.isInteger(b) ? compare(a, b) : a < b ? -1 : a > b ? 1 : 0;
}

function intRangeFits(range: Range, kind: number): boolean {
  switch (kind) {
    case KIND.number: return true;
    case KIND.uint: return range.min >= 0;
    case KIND.pint: return range.min > 0;
    case KIND.nint: return range.max < 0;
    default: return false;
  }
}

/** A wrap shows a member as its value. */
function valuesFit(from: Enum, to: Spec): boolean {
  if (to.range !== null || to.fallback !== undefined) return false;
  switch (from.kind) {
    case TAG.int: return to.kind === KIND.int || to.kind === KIND.number;
    case TAG.float: return to.kind === KIND.float || to.kind === KIND.number;
    case TAG.str: return to.kind === KIND.str || to.kind === KIND.raw;
    case TAG.bytes: return to.kind === KIND.bytes || to.kind === KIND.raw;
    default: return false;
  }
}

function enumOf(spec: Spec, tag: number): boolean {
  return spec.kind === KIND.enum && (spec.target as Enum).kind === tag;
}
