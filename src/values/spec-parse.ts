/** Reads definitions of fields: `'int<1:9>?'`, `'[Person]'`, `'/^a+$/<a>'`. */
import { lookupErr, typeErr, valueErr, type QueryError } from '../errors/query-error.ts';
import { declaration as msg } from '../errors/messages/types.ts';
import type { Enum } from './enum.ts';
import { isEmail, isTel, isUrl } from './patterns.ts';
import { Budget, makeRegex, test } from './regex.ts';
import { KIND, KIND_BY_NAME, SPEC_FLAG, Spec } from './spec.ts';
import { parseFloatRange, parseIntRange, parseTextRange } from './spec-range.ts';
import { isAscii } from './str.ts';
import type { Type } from './type.ts';

/** Where a definition finds what it names. */
export interface Names {
  readonly types: ReadonlyMap<string, Type>;
  readonly enums: ReadonlyMap<string, Enum>;
}

/** What is wrong, before it is said where: `wrap` puts the field's name before it. */
export class DeclarationError {
  readonly why: QueryError;
  constructor(why: QueryError) {
    this.why = why;
  }
}

const bad = (text: string): DeclarationError => new DeclarationError(valueErr(text));
const badType = (text: string): DeclarationError => new DeclarationError(typeErr(text));

const FLAGS: Readonly<Record<string, number>> = {
  '&': SPEC_FLAG.sameDeep, '-': SPEC_FLAG.minDeep, '+': SPEC_FLAG.maxDeep, '^': SPEC_FLAG.noIds, '*': SPEC_FLAG.enumName,
  '?': SPEC_FLAG.skipNil, '!': SPEC_FLAG.skipFalse,
};

/** Throws a {@link DeclarationError}, or the error of a pattern or a number. */
export function parseSpec(text: string, names: Names): Spec {
  if (text === '') throw bad(msg.empty());
  let at = 0;
  let flags = 0;
  for (; at < text.length && FLAGS[text[at]!] !== undefined; at++) {
    const flag = FLAGS[text[at]!]!;
    if ((flags & flag) !== 0) throw bad(msg.duplicateFlags());
    flags |= flag;
    if ((flags & SPEC_FLAG.minDeep) !== 0 && (flags & SPEC_FLAG.maxDeep) !== 0) throw bad(msg.conflictingFlags());
  }
  if (at === text.length) throw bad(msg.missingAfterFlags());
  const spec = parseBody(text, at, flags, names);
  const mayBeNil = spec.nillable || spec.kind === KIND.any || (spec.kind === KIND.list && spec.item === null) || (spec.kind === KIND.set && spec.item === null);
  if ((flags & SPEC_FLAG.skipNil) !== 0 && !mayBeNil) throw badType(msg.skipNil());
  return spec;
}

/** What follows the flags, which end at `from`. */
function parseBody(whole: string, from: number, flags: number, names: Names): Spec {
  const nillable = whole.endsWith('?');
  const text = nillable ? whole.slice(from, -1) : whole.slice(from);
  const first = text[0];
  const container = (kind: number, open: number, close: string, what: string): Spec => {
    if (!text.endsWith(close)) throw bad(msg.invalidText(whole));
    const { item, head, tail } = parseItem(text.slice(open, -1), what, names, whole);
    if (kind === KIND.set && item !== null) assertSetOf(item);
    // All members of a set are things: `{thing}` says no more than `{}`.
    const demanded = kind === KIND.set && item?.kind === KIND.thing ? null : item;
    return new Spec({ kind, nillable, flags, item: demanded, head: whole.slice(0, from + open) + head, tail: tail + close + (nillable ? '?' : '') });
  };
  if (first === '[') {
    if (text.length < 2) throw bad(msg.invalidText(whole));
    return container(KIND.list, 1, ']', 'list');
  }
  if (first === '{') {
    if (text.length < 2) throw bad(msg.invalidText(whole));
    return container(KIND.set, 1, '}', 'set');
  }
  if (text.startsWith('thing<')) return container(KIND.thing, 6, '>', 'thing');
  if (first === '/') return parsePattern(whole, text, nillable, flags);
  if (text.endsWith('>')) return parseCondition(whole, text, nillable, flags);
  const head = whole.slice(0, from);
  const tail = nillable ? '?' : '';
  const kind = KIND_BY_NAME.get(text);
  if (kind !== undefined) return new Spec({ kind, nillable, flags, head: whole });
  return named(text, names, { nillable, flags, head, tail });
}

/** A type, an enum, or an enum with a default member. */
function named(text: string, names: Names, parts: { nillable: boolean; flags: number; head: string; tail: string }): Spec {
  if (!isAscii(text)) throw bad(msg.ascii());
  if (text.endsWith('}')) {
    const open = text.indexOf('{');
    if (open > 0) return withDefault(text.slice(0, open), text.slice(open + 1, -1), names, parts);
  }
  const type = names.types.get(text);
  if (type !== undefined) return new Spec({ ...parts, kind: KIND.type, target: type });
  const found = names.enums.get(text);
  if (found !== undefined) return new Spec({ ...parts, kind: KIND.enum, target: found });
  throw badType(msg.unknown(text));
}

function withDefault(name: string, member: string, names: Names, parts: { nillable: boolean; flags: number; head: string; tail: string }): Spec {
  const found = names.enums.get(name);
  if (found === undefined) throw badType(msg.unknown(name));
  if (member === '') throw badType(msg.enumBrackets());
  const chosen = found.byName.get(member);
  if (chosen === undefined) throw new DeclarationError(lookupErr(msg.noMember(member, name)));
  return new Spec({ ...parts, kind: KIND.enum, target: found, member: chosen, fallback: chosen });
}

/** What stands within `[…]`, `{…}` or `thing<…>`; `any` and nothing mean that anything goes. */
function parseItem(text: string, container: string, names: Names, whole: string): { item: Spec | null; head: string; tail: string } {
  if (text === '') return { item: null, head: '', tail: '' };
  if (text[0] === '[') throw bad(msg.nestedArray());
  if (text[0] === '{') throw bad(msg.nestedSet());
  if (text[0] === '/') throw bad(msg.nestedPattern());
  const nillable = text.endsWith('?');
  const name = nillable ? text.slice(0, -1) : text;
  if (name === '') throw bad(msg.invalidText(whole));
  if (name.endsWith('>')) throw bad(msg.nestedRange());
  const tail = nillable ? '?' : '';
  const kind = KIND_BY_NAME.get(name);
  if (kind === KIND.any) return { item: null, head: text, tail: '' };
  if (kind !== undefined) return { item: new Spec({ kind, nillable, head: text }), head: text, tail: '' };
  const item = named(name, names, { nillable, flags: 0, head: '', tail });
  if (item.kind === KIND.enum) {
    if (container === 'set') throw badType(msg.setOfEnum(item.target!.name));
    if (item.member !== null) throw badType(msg.defaultWithin(container, item.target!.name));
  }
  return { item, head: '', tail };
}

function assertSetOf(item: Spec): void {
  if (item.kind !== KIND.thing && item.kind !== KIND.type) throw badType(msg.setOf(item.nillable ? item.text.slice(0, -1) : item.text));
  if (item.nillable) throw badType(msg.setOfNillable());
}

/** `name<…>` */
function parseCondition(whole: string, text: string, nillable: boolean, flags: number): Spec {
  const name = /^(int|float|str|utf8|bool|email|url|tel)/.exec(text)?.[0];
  if (name === undefined) throw bad(msg.conditions());
  if (text[name.length] !== '<') throw bad(msg.expectingBracket(name));
  const body = text.slice(name.length + 1, -1);
  const kind = KIND_BY_NAME.get(name)!;
  const base = { kind, nillable, flags, head: whole };
  switch (kind) {
    case KIND.int: return new Spec({ ...base, ...parseIntRange(body, bad) });
    case KIND.float: return new Spec({ ...base, ...parseFloatRange(body, bad) });
    case KIND.str:
    case KIND.utf8: return new Spec({ ...base, ...parseTextRange(name, body, bad) });
    case KIND.bool:
      if (body !== 'true' && body !== 'false') throw bad(msg.defaultMust('either true or false'));
      return new Spec({ ...base, fallback: body === 'true' });
    case KIND.email:
      if (!isEmail(body)) throw bad(msg.defaultMust('an email address'));
      break;
    case KIND.url:
      if (!isUrl(body)) throw bad(msg.defaultMust('a URL'));
      break;
    default:
      if (!isTel(body)) throw bad(msg.defaultMust('a telephone number'));
  }
  return new Spec({ ...base, fallback: body });
}

/** `/…/`, `/…/i` and with a default `/…/i<…>`. */
function parsePattern(whole: string, text: string, nillable: boolean, flags: number): Spec {
  let pattern = text;
  let fallback: string | undefined;
  if (text.endsWith('>')) {
    const open = Math.max(text.lastIndexOf('/<'), text.lastIndexOf('/i<'));
    if (open < 0) throw bad(msg.patternSyntax());
    const bracket = text.indexOf('<', open);
    pattern = text.slice(0, bracket);
    fallback = text.slice(bracket + 1, -1);
  }
  const end = pattern.endsWith('i') ? pattern.length - 2 : pattern.length - 1;
  if (pattern[end] !== '/') throw bad(msg.patternSyntax());
  const regex = makeRegex(pattern.slice(1, Math.max(end, 1)), pattern.slice(end + 1));
  if ((fallback !== undefined || !nillable) && !test(regex, fallback ?? '', new Budget(PATTERN_MILLISECONDS))) throw bad(msg.patternDefault());
  return new Spec({ kind: KIND.pattern, nillable, flags, pattern: regex, fallback: fallback ?? (nillable ? undefined : ''), head: whole });
}

const PATTERN_MILLISECONDS = 1_000;
