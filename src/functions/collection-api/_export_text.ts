/**
 * The schema of a collection as code that makes it again: types, enums, relations, procedures, and the type of the
 * root. Sections follow each other with an empty line between them, also when they are empty.
 */
import { encodeBase64 } from '../../values/base64.ts';
import { shortestText } from '../../values/float.ts';
import { eachProperty, isName } from '../../values/shape.ts';
import { KIND, type Spec } from '../../values/spec.ts';
import { compareStr } from '../../values/str.ts';
import { TYPE_FLAG, type Field, type Type } from '../../values/type.ts';
import type { Enum } from '../../values/enum.ts';
import {
  Bytes, Closure, DateTime, ErrorValue, Float, List, Member, Regex, Room, TAG, Thing, ThingSet, tagOf, type Value,
} from '../../values/value.ts';
import type { Collection } from '../../collection/collection.ts';
import type { Query } from '../../evaluator/query.ts';
import { closureText } from '../../evaluator/text.ts';

export function exportText(q: Query, collection: Collection): string {
  const types = byName(collection.types.values());
  const enums = byName(collection.enums.values());
  const procedures = byName(collection.procedures.values());
  const sections = [
    `try(commit(${quoted(`Source: collection \`${collection.name}\``)}));\n`,
    types.map(type => `new_type('${type.name}'${flagsOf(type)});\n`).join(''),
    enums.map(found => enumText(q, found)).join(''),
    types.map(type => typeText(q, type)).join(''),
    relations(types),
    enums.map(found => thingMembers(q, found)).join(''),
    procedures.map(({ name, closure }) => `new_procedure('${name}', ${closureText(q, closure)});\n`).join(''),
    '',
    `${collection.root.type === null ? '' : `.to_type('${collection.root.type.name}');\n\n`}'DONE';\n`,
  ];
  return sections.join('\n');
}

function byName<T extends { readonly name: string }>(items: Iterable<T>): T[] {
  return [...items].sort((a, b) => compareStr(a.name, b.name));
}

function flagsOf({ flags }: Type): string {
  const names = ([['WPO', TYPE_FLAG.wrapOnly], ['HID', TYPE_FLAG.hideId], ['IDX', TYPE_FLAG.index]] as const)
    .filter(([, flag]) => (flags & flag) !== 0).map(([name]) => name);
  return names.length === 0 ? '' : `, ${names.join('|')}`;
}

// ---- types -------------------------------------------------------------------------------------------------------

function typeText(q: Query, type: Type): string {
  const entries = fieldTexts(q, type, 1);
  return entries.length === 0 ? '' : `set_type('${type.name}', {\n${lines(entries, 1)}});\n`;
}

/** The id comes first, methods last. */
function fieldTexts(q: Query, type: Type, level: number): string[] {
  return [
    ...(type.idName === null ? [] : [`${type.idName}: '#'`]),
    ...type.fields.map(({ name, spec }) => `${name}: ${specText(q, spec, level)}`),
    ...[...type.methods].map(([name, closure]) => `${name}: ${closureText(q, closure, level)}`),
  ];
}

function specText(q: Query, spec: Spec, level: number): string {
  if (spec.kind !== KIND.nested) return quoted(spec.text);
  const structure = `{\n${lines(fieldTexts(q, spec.nested!, level + 1), level + 1)}${tabs(level)}}`;
  return spec.nestedList ? `[${structure}]` : structure;
}

/** Each relation once, at the side that comes first. */
function relations(types: readonly Type[]): string {
  const seen = new Set<Field>();
  let text = '';
  for (const type of types) {
    for (const field of type.fields) {
      const other = field.relation;
      if (other === null || seen.has(field)) continue;
      seen.add(other);
      text += `mod_type('${type.name}', 'rel', '${field.name}', '${other.name}');\n`;
    }
  }
  return text;
}

// ---- enums -------------------------------------------------------------------------------------------------------

/** Things may need types that come later: such members are made empty, and get their things at the end. */
function enumText(q: Query, found: Enum): string {
  const entries = [
    ...found.members.map(({ name, value }) => `${name}: ${value instanceof Thing ? '{}' : valueText(q, value, 1)}`),
    ...[...found.methods].map(([name, closure]) => `${name}: ${closureText(q, closure, 1)}`),
  ];
  return `set_enum('${found.name}', {\n${lines(entries, 1)}});\n`;
}

function thingMembers(q: Query, found: Enum): string {
  const things = found.members.filter(({ value }) => value instanceof Thing);
  if (things.length === 0) return '';
  return `${things.map(({ name, value }) => `mod_enum('${found.name}', 'mod', '${name}', ${valueText(q, value, 0)});\n`).join('')}\n`;
}

// ---- values ------------------------------------------------------------------------------------------------------

const NOT_EXPORTED = 'nil /* WARN: not exported */';

/** From this level on things are left empty, so that a ring ends. */
const LEVEL_MAX = 4;
const TOO_DEEP = '{} /* WARN: max deep reached */';

function valueText(q: Query, value: Value, level: number): string {
  q.step();
  const nested = (item: Value): string => valueText(q, item, level + 1);
  switch (tagOf(value)) {
    case TAG.nil: return 'nil';
    case TAG.bool:
    case TAG.int: return String(value);
    case TAG.float: return floatLiteral((value as Float).value);
    case TAG.str: return quoted(value as string);
    case TAG.bytes: return `base64_decode('${encodeBase64((value as Bytes).data)}')`;
    case TAG.regex: return `/${(value as Regex).pattern}/${(value as Regex).flags}`;
    case TAG.closure: return closureText(q, value as Closure, level);
    case TAG.error: return `err(${(value as ErrorValue).code}, ${quoted((value as ErrorValue).message)})`;
    case TAG.member: return `${(value as Member).enum.name}{${(value as Member).name}}`;
    case TAG.room: return (value as Room).id === 0 ? 'room()' : NOT_EXPORTED;
    case TAG.datetime: return momentText('datetime', value as DateTime);
    case TAG.timeval: return momentText('timeval', value as DateTime);
    case TAG.list:
    case TAG.tuple: return list('[', (value as List).items.map(nested), ']', level);
    case TAG.set: return (value as ThingSet).things.size === 0 ? 'set()' : list('set(', [...(value as ThingSet).things].map(nested), ')', level);
    case TAG.thing: return thingText(q, value as Thing, level);
    default: return NOT_EXPORTED;
  }
}

function thingText(q: Query, thing: Thing, level: number): string {
  const name = thing.type?.name ?? '';
  if (level >= LEVEL_MAX && thing.count > 0) return name + TOO_DEEP;
  const entries: string[] = [];
  eachProperty(thing, (key, value) => {
    // A literal takes names only.
    if (isName(key)) entries.push(`${key}: ${valueText(q, value, level + 1)}`);
  });
  return name + list('{', entries, '}', level);
}

function momentText(name: string, { ts, zone, offset }: DateTime): string {
  const text = `${name}(${ts})`;
  if (zone !== null) return zone === 'UTC' ? text : `${text}.to('${zone}')`;
  const minutes = Math.abs(offset);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${text}.to('${offset < 0 ? '-' : '+'}${two(Math.trunc(minutes / 60))}${two(minutes % 60)}')`;
}

/** Literals have digits after the dot, also in front of an exponent. */
function floatLiteral(x: number): string {
  return shortestText(x).replace(/^(-?\d+)e/, '$1.0e');
}

/** Single quotes, unless the text has some and no double ones. */
function quoted(text: string): string {
  return text.includes("'") && !text.includes('"') ? `"${text}"` : `'${text.replaceAll("'", "''")}'`;
}

const tabs = (level: number): string => '\t'.repeat(level);

const lines = (entries: readonly string[], level: number): string => entries.map(entry => `${tabs(level)}${entry},\n`).join('');

function list(open: string, entries: readonly string[], close: string, level: number): string {
  return entries.length === 0 ? open + close : `${open}\n${lines(entries, level + 1)}${tabs(level)}${close}`;
}
