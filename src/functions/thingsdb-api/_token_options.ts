/** What `new_token` reads: expiration times in all their forms, and the options. */
import { typeErr, valueErr } from '../../errors/query-error.ts';
import { tokens as msg } from '../../errors/messages/admin.ts';
import type { Query } from '../../evaluator/query.ts';
import { PRIVILEGE } from '../../system/access.ts';
import { UNRESTRICTED, type Named, type Restrictions } from '../../system/token.ts';
import { fromText, move, type Unit } from '../../values/datetime.ts';
import { eachProperty, isName } from '../../values/shape.ts';
import { DateTime, Float, List, Thing, isInt, typeName, type Value } from '../../values/value.ts';
import { maskBits, scopeNamed } from './_admin.ts';

const DOCS = 'thingsdb-api/new_token';
const NAME_MAX = 255;
/** Scopes, procedures, rooms of one token, each. */
const LIST_MAX = 256;

/** UNIX seconds; 0 for nil and `never`. */
export function expiry(q: Query, value: Value): number {
  if (value === null || value === 'never') return 0;
  const at = momentOf(q, value);
  // Written so that nan fails too.
  if (!(at > q.host.now())) throw valueErr(msg.past(), DOCS);
  if (at > 0xffff_ffff) throw valueErr(msg.tooFar(), DOCS);
  return Number(at);
}

function momentOf(q: Query, value: Value): number | bigint {
  if (value instanceof DateTime) return value.ts;
  if (value instanceof Float) return Math.floor(value.value);
  if (isInt(value)) return value;
  const duration = /^(\d{1,9}) (second|minute|hour|day|week|month|year)s?$/.exec(value as string);
  if (duration === null) return fromText(value as string, q.zone(), false).ts;
  const now = new DateTime(Math.floor(q.host.now()), 0, 'UTC', false);
  return move(now, `${duration[2]}s` as Unit, Number(duration[1])).ts;
}

export interface TokenOptions {
  readonly name: string;
  readonly restrictions: Restrictions;
}

type Limits = { -readonly [K in 'privileges' | 'scopes' | 'procedures' | 'rooms']?: Restrictions[K] };

export function tokenOptions(q: Query, options: Thing): TokenOptions {
  let name = '';
  let readOnly = false;
  const limits: Limits = {};
  eachProperty(options, (key, value) => {
    switch (key) {
      case 'name':
        name = nameOf(value);
        return;
      case 'access':
        if (value !== 'read_write' && value !== 'read_only') throw valueErr(msg.access(), DOCS);
        readOnly = value === 'read_only';
        return;
      case 'privileges':
        limits.privileges = maskOf(key, value);
        return;
      case 'scopes':
        limits.scopes = pairs(key, value).map(([scope, mask]) => ({ scope: scopeNamed(q, scope).scope, mask: maskOf(key, mask) }));
        return;
      case 'procedures':
      case 'rooms':
        limits[key] = pairs(key, value).map(([scope, name]) => named(q, key, scope, name));
        return;
      default:
        throw valueErr(msg.option(key), DOCS);
    }
  });
  const limited = Object.keys(limits).length > 0;
  return { name, restrictions: { ...UNRESTRICTED, ...limits, readOnly, limited } };
}

function nameOf(value: Value): string {
  if (typeof value !== 'string') throw typeErr(msg.optionType('name', '`str`', typeName(value)), DOCS);
  if (value.length > NAME_MAX || /[\x00-\x1f\x7f]/.test(value)) throw valueErr(msg.name(NAME_MAX), DOCS);
  return value;
}

function maskOf(key: string, value: Value): number {
  if (!isInt(value)) throw typeErr(msg.optionType(key, '`int` as privileges', typeName(value)), DOCS);
  return maskBits(value) & PRIVILEGE.FULL;
}

function pairs(key: string, value: Value): (readonly [Value, Value])[] {
  if (!(value instanceof List)) throw typeErr(msg.optionType(key, '`list`', typeName(value)), DOCS);
  if (value.items.length > LIST_MAX) throw valueErr(msg.optionLength(key, LIST_MAX), DOCS);
  return value.items.map(item => {
    if (!(item instanceof List) || item.items.length !== 2) throw typeErr(msg.pair(key), DOCS);
    return [item.items[0]!, item.items[1]!];
  });
}

function named(q: Query, key: 'procedures' | 'rooms', scopeArg: Value, name: Value): Named {
  const { scope } = scopeNamed(q, scopeArg);
  if (scope === 'node' || (key === 'rooms' && scope === 'thingsdb')) throw valueErr(msg.noSuchScope(key, scopeArg as string), DOCS);
  if (typeof name !== 'string') throw typeErr(msg.optionType(key, '`str` as name', typeName(name)), DOCS);
  if (!isName(name)) throw valueErr(msg.optionName(key), 'overview/names');
  return { scope, name };
}
