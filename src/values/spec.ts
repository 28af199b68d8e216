/**
 * What a field of a type may hold, or the values of a restricted thing: a definition such as `'int<1:9>?'` or
 * `'[Person]'`, read by `spec-parse.ts` into a {@link Spec}. `spec-check.ts` holds values against it,
 * `spec-compat.ts` one definition against another.
 *
 * A spec never changes; what it names (a type, an enum, a member) may be renamed, so its text is put together
 * when it is asked for.
 */
import type { Enum } from './enum.ts';
import type { Type } from './type.ts';
import type { Member, Regex, Value } from './value.ts';

/** Kinds of definitions. */
export const KIND = {
  any: 0, bool: 1, int: 2, uint: 3, pint: 4, nint: 5, float: 6, number: 7, str: 8, utf8: 9, raw: 10, bytes: 11, email: 12, url: 13,
  tel: 14, datetime: 15, timeval: 16, regex: 17, closure: 18, error: 19, room: 20, task: 21, thing: 22, anyEnum: 23,
  /** `[…]` and `{…}`; `item` is null when anything goes. */
  list: 24, set: 25,
  /** Of a type, a member of an enum. */
  type: 26, enum: 27,
  /** `/…/` */
  pattern: 28,
  /** A structure within a wrap-only type. */
  nested: 29,
} as const;

/** Kinds that have a name of their own. */
export const KIND_BY_NAME: ReadonlyMap<string, number> = new Map([
  ...(['any', 'bool', 'int', 'uint', 'pint', 'nint', 'float', 'number', 'str', 'utf8', 'raw', 'bytes', 'email', 'url', 'tel',
    'datetime', 'timeval', 'regex', 'closure', 'error', 'room', 'task', 'thing'] as const).map(name => [name, KIND[name]] as const),
  ['enum', KIND.anyEnum] as const,
]);

/** Prefixes of definitions, which matter to wraps only. */
export const SPEC_FLAG = { sameDeep: 1, minDeep: 2, maxDeep: 4, noIds: 8, enumName: 16, skipNil: 32, skipFalse: 64 } as const;

/** Least and most of a value, or of a text's bytes. */
export interface Range {
  readonly min: number | bigint;
  readonly max: number | bigint;
}

export interface SpecParts {
  kind: number;
  nillable?: boolean;
  flags?: number;
  item?: Spec | null;
  target?: Type | Enum | null;
  member?: Member | null;
  range?: Range | null;
  pattern?: Regex | null;
  fallback?: Value | undefined;
  nested?: Type | null;
  nestedList?: boolean;
  head?: string;
  tail?: string;
}

export class Spec {
  readonly kind: number;
  readonly nillable: boolean;
  /** Bits of {@link SPEC_FLAG}. */
  readonly flags: number;
  /** What items of a list or set, and values of a `thing<…>`, must be; null when anything goes. */
  readonly item: Spec | null;
  readonly target: Type | Enum | null;
  /** The default of `E{M}`. */
  readonly member: Member | null;
  readonly range: Range | null;
  readonly pattern: Regex | null;
  /** A default that was written in the definition; undefined when there is none. */
  readonly fallback: Value | undefined;
  /** The type of a nested structure. */
  readonly nested: Type | null;
  /** The nested structure is that of each item of a list. */
  readonly nestedList: boolean;
  /** The definition before and after the name that it has, as it was written. */
  readonly head: string;
  readonly tail: string;

  constructor(parts: SpecParts) {
    this.kind = parts.kind;
    this.nillable = parts.nillable ?? false;
    this.flags = parts.flags ?? 0;
    this.item = parts.item ?? null;
    this.target = parts.target ?? null;
    this.member = parts.member ?? null;
    this.range = parts.range ?? null;
    this.pattern = parts.pattern ?? null;
    this.fallback = parts.fallback;
    this.nested = parts.nested ?? null;
    this.nestedList = parts.nestedList ?? false;
    this.head = parts.head ?? '';
    this.tail = parts.tail ?? '';
  }

  /** The definition as it was written, with the names of today. */
  get text(): string {
    const named = this.target !== null ? this : this.item;
    if (named === null || named.target === null) return this.head + this.tail;
    const { target, member } = named;
    return `${this.head}${target.name}${member === null ? '' : `{${member.name}}`}${this.tail}`;
  }

  /** The type or enum that it names, itself or for its items. */
  get names(): Type | Enum | null {
    return this.target ?? this.item?.target ?? null;
  }

  /** True when it names a type or enum that is no more: then it demands nothing. */
  get isVoid(): boolean {
    return this.names?.deleted ?? false;
  }
}
