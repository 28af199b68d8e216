/** From definitions of fields to types of TypeScript: what a client gets of a value that fits the definition. */
import { Enum } from '../values/enum.ts';
import { KIND, SPEC_FLAG, type Range, type Spec } from '../values/spec.ts';
import { parseSpec } from '../values/spec-parse.ts';
import { Type } from '../values/type.ts';
import type { CollectionSchema, Definition, EnumInfo, Structure, TypeInfo } from './schema.ts';
import { Names, key, quoted } from './names.ts';

/** What the library gives to modules; types of the collection cannot have these names, nor that of the schema itself. */
export const HELPERS = ['Dict', 'Plain', 'Ref'] as const;
export const SCHEMA = 'Schema';

/** A thing of which nothing is known. */
const ANY_THING = '{ [key: string]: Plain }';

/**
 * Where a definition stands. A thing within an instance is an instance too, or its id; within a wrap it is
 * wrapped itself, and then everything is optional, so that the id alone fits as well.
 */
export type View = 'instance' | 'wrap';

export class Definitions {
  readonly typeNames = new Map<string, string>();
  /** Names of what a wrap shows, for those types that wraps refer to. */
  readonly wrapNames = new Map<string, string>();
  private readonly names = new Names(['Uint8Array', SCHEMA, ...HELPERS]);
  private readonly types: ReadonlyMap<string, TypeInfo>;
  private readonly enums: ReadonlyMap<string, EnumInfo>;
  /** As the parser of definitions wants them. */
  private readonly known = { types: new Map<string, Type>(), enums: new Map<string, Enum>() };

  constructor({ types, enums }: CollectionSchema) {
    this.types = new Map(types.map(type => [type.name, type]));
    this.enums = new Map(enums.map(info => [info.name, info]));
    for (const { name } of [...enums, ...types]) this.typeNames.set(name, this.names.take(name));
    for (const { name } of types) this.known.types.set(name, new Type(0, name, 0));
    for (const { name, members } of enums) {
      const known = new Enum(0, name, 0);
      for (const [member] of members) known.add(member, null);
      this.known.enums.set(name, known);
    }
  }

  /** The type of a value by its definition. */
  of(definition: Definition, view: View): string {
    if (typeof definition !== 'string') return Array.isArray(definition) ? `${this.structure(definition[0] as Structure)}[]` : this.structure(definition as Structure);
    // Not read as others are, since that tries the pattern.
    if (/^[-&+^*?!]*\//.test(definition)) return definition.endsWith('?') ? 'string | null' : 'string';
    let spec;
    try {
      spec = parseSpec(definition, this.known);
    } catch {
      // Of a server that is newer than this program.
      return 'Plain';
    }
    return this.ofSpec(spec, view);
  }

  /** Where the id of a type's things is; null when it is hidden. */
  idOf(type: TypeInfo): string | null {
    return type.hide_id ? null : idName(type);
  }

  /** The name of what a wrap by the type shows. */
  wrapName(type: TypeInfo): string {
    if (type.wrap_only) return this.typeNames.get(type.name)!;
    let name = this.wrapNames.get(type.name);
    if (name === undefined) this.wrapNames.set(type.name, (name = this.names.take(`${type.name}Wrap`)));
    return name;
  }

  /** The values of an enum's members, as a union. */
  members({ members }: EnumInfo): string {
    return union(members.map(([, value]) => literal(value)));
  }

  private structure(fields: Structure): string {
    return `{ ${Object.entries(fields).map(([name, definition]) => `${key(name)}?: ${definition === '#' ? 'number' : this.of(definition, 'wrap')};`).join(' ')} }`;
  }

  private ofSpec(spec: Spec, view: View, flags = spec.flags): string {
    const type = this.ofKind(spec, view, flags);
    return spec.nillable && type !== 'Plain' ? `${type} | null` : type;
  }

  private ofKind(spec: Spec, view: View, flags: number): string {
    const { kind, item } = spec;
    switch (kind) {
      case KIND.bool: return 'boolean';
      case KIND.int:
      case KIND.uint:
      case KIND.pint:
      case KIND.nint: return spec.range !== null && isSafe(spec.range) ? 'number' : 'number | bigint';
      case KIND.number: return 'number | bigint';
      case KIND.float:
      case KIND.timeval: return 'number';
      case KIND.bytes: return 'Uint8Array';
      case KIND.raw: return 'string | Uint8Array';
      case KIND.any:
      case KIND.anyEnum: return 'Plain';
      // A wrap looks no further than that it is a thing.
      case KIND.thing: return item === null || view === 'wrap' ? ANY_THING : `Dict<${this.ofSpec(item, 'instance')}>`;
      case KIND.list: return item === null ? 'Plain[]' : arrayOf(this.ofSpec(item, view, flags));
      case KIND.set: return item === null ? `${ANY_THING}[]` : arrayOf(this.ofSpec(item, view, flags));
      case KIND.type: return this.ref(this.types.get(spec.target!.name)!, view);
      case KIND.enum: {
        const info = this.enums.get(spec.target!.name)!;
        return (flags & SPEC_FLAG.enumName) === 0 ? this.typeNames.get(info.name)! : union(info.members.map(([name]) => quoted(name)));
      }
      // Texts of all kinds, and what has no other form outside: datetime, regex, closure, error, room, task.
      default: return 'string';
    }
  }

  private ref(type: TypeInfo, view: View): string {
    if (view === 'wrap') return this.wrapName(type);
    const id = idName(type);
    return `Ref<${this.typeNames.get(type.name)!}${id === '#' ? '' : `, ${quoted(id)}`}>`;
  }
}

/** The id's name where it is shown: a type that hides it does so only while its things are shown whole. */
function idName(type: TypeInfo): string {
  return type.fields.find(([, definition]) => definition === '#')?.[0] ?? '#';
}

function isSafe({ min, max }: Range): boolean {
  return Number.isSafeInteger(min) && Number.isSafeInteger(max);
}

function arrayOf(item: string): string {
  return item.includes(' | ') ? `(${item})[]` : `${item}[]`;
}

function union(parts: readonly string[]): string {
  return parts.length === 0 ? 'never' : [...new Set(parts)].join(' | ');
}

function literal(value: unknown): string {
  switch (typeof value) {
    case 'string': return quoted(value);
    case 'bigint': return `${value}n`;
    case 'number': return Number.isFinite(value) ? String(value) : 'number';
    default: return value instanceof Uint8Array ? 'Uint8Array' : ANY_THING;
  }
}
