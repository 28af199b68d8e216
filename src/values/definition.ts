/** Reads what `set_type` and anonymous types are given: a thing whose values are definitions, methods and structures. */
import { lookupErr, maxQuotaErr, operationErr, QueryError, typeErr, valueErr } from '../errors/query-error.ts';
import { declaration, types as msg } from '../errors/messages/types.ts';
import type { Enum } from './enum.ts';
import { eachProperty, emptyShape, isName } from './shape.ts';
import { KIND, Spec } from './spec.ts';
import { DeclarationError, parseSpec, type Names } from './spec-parse.ts';
import { byteLength } from './str.ts';
import { ANONYMOUS, TYPE_FLAG, Type } from './type.ts';
import { Anonymous, Closure, List, Thing, typeName, type Value } from './value.ts';

/** The definition that declares the id. */
const ID = '#';
const SELF_REFERENCES_MAX = 255;

/** What is told of each part of a definition, in order. */
export interface DefinitionParts {
  id(name: string): void;
  method(name: string, closure: Closure): void;
  field(name: string, spec: Spec): void;
}

/** For whom a definition is read. */
export interface DefinitionOwner {
  readonly name: string;
  readonly wrapOnly: boolean;
}

/** Tells `parts` what a definition says; throws where it is wrong, after having told what stands before that. */
export function readDefinition(names: Names, owner: DefinitionOwner, definition: Thing, parts: DefinitionParts): void {
  eachProperty(definition, (key, value) => {
    if (!isName(key)) throw valueErr(msg.keysNaming(), 'overview/names');
    readEntry(names, owner, key, value, parts);
  });
}

export function readEntry(names: Names, owner: DefinitionOwner, key: string, value: Value, parts: DefinitionParts): void {
  if (value === ID) parts.id(key);
  else if (typeof value === 'string') parts.field(key, readSpec(names, owner.name, key, value));
  else if (value instanceof Closure) parts.method(key, value);
  else if (value instanceof Thing || value instanceof List) parts.field(key, nestedSpec(names, owner, value));
  else throw typeErr(owner.wrapOnly ? msg.wrapDefinitionType(typeName(value)) : msg.definitionType(typeName(value)), 'data-types/typed');
}

/** Reads one definition; what is wrong with it is said with the field's and the type's names. */
export function readSpec(names: Names, typeNamed: string, field: string, text: string): Spec {
  try {
    return parseSpec(text, names);
  } catch (e) {
    if (!(e instanceof DeclarationError)) throw e;
    throw invalid(field, typeNamed, e.why);
  }
}

function invalid(field: string, typeNamed: string, { code, message }: QueryError): QueryError {
  return new QueryError(code, declaration.invalid(field, typeNamed, message), 'overview/type');
}

/** `{…}` or `[{…}]` within a wrap-only type. */
function nestedSpec(names: Names, owner: DefinitionOwner, value: Thing | List): Spec {
  let definition: Value = value;
  if (value instanceof List) {
    if (value.items.length !== 1) throw valueErr(msg.nestedLength(value.items.length, owner.name));
    definition = value.items[0]!;
    if (!(definition instanceof Thing)) throw typeErr(msg.nestedElement(typeName(definition), owner.name));
  }
  if (!owner.wrapOnly) throw valueErr(msg.nestedNotAllowed(owner.name));
  const type = anonymousType(names, owner.name, definition as Thing);
  if (type.fields.some(({ spec }) => spec.nested !== null) && packedSize(type.definition!) > NESTED_BYTES_MAX) throw valueErr(msg.tooLarge());
  return new Spec({ kind: KIND.nested, nested: type, nestedList: value instanceof List });
}

/** Most bytes, packed, of a structure that holds others. */
const NESTED_BYTES_MAX = 16_384;

function packedSize(value: Value): number {
  const header = (n: number): number => (n < 16 ? 1 : 3);
  const text = (n: number): number => (n < 32 ? 1 : n < 256 ? 2 : 3) + n;
  if (typeof value === 'string') return text(byteLength(value));
  if (value instanceof Closure) return text(byteLength(value.text));
  if (value instanceof List) return value.items.reduce<number>((size, item) => size + packedSize(item), header(value.items.length));
  if (!(value instanceof Thing)) return 1;
  return value.shape.keys.reduce((size, key, i) => size + packedSize(key) + packedSize(value.valueAt(i)), header(value.count));
}

/** A type without a name. `ownerName` is the one that error texts have. */
export function anonymousType(names: Names, ownerName: string, definition: Thing): Type {
  const kept = copyDefinition(definition, ownerName === ANONYMOUS);
  const type = new Type(-1, ANONYMOUS, 0, kept);
  type.flags = TYPE_FLAG.wrapOnly | TYPE_FLAG.hideId;
  const fields: { name: string; spec: Spec }[] = [];
  readDefinition(names, { name: ownerName, wrapOnly: true }, kept, {
    id: name => {
      if (type.idName !== null) throw lookupErr(msg.multipleIds(ownerName));
      type.idName = name;
      // Who names the id wants to see it.
      type.flags &= ~TYPE_FLAG.hideId;
    },
    method: (name, closure) => type.addMethod(name, closure),
    field: (name, spec) => fields.push({ name, spec }),
  });
  type.addFields(fields);
  return type;
}

/**
 * Definitions are kept apart from the things that they were given as, which may change later. Within an anonymous
 * type another one stands for its definition.
 */
function copyDefinition(definition: Thing, mayNest: boolean): Thing {
  const copyPart = (value: Value): Value => {
    if (value instanceof Anonymous && mayNest) return value.definition;
    if (value instanceof Thing) return copyDefinition(value, mayNest);
    return value instanceof List ? new List(value.items.map(copyPart), value.tag !== LIST) : value;
  };
  const copy = new Thing(emptyShape());
  eachProperty(definition, (key, value) => copy.append(key, copyPart(value)));
  return copy;
}
const LIST = new List([]).tag;

/** The types and enums that the fields of a type name, those within nested structures too. */
export function* namesOf(type: Type): Generator<Type | Enum> {
  for (const { spec } of type.fields) {
    if (spec.nested !== null) yield* namesOf(spec.nested);
    else if (spec.names !== null) yield spec.names;
  }
}

/** Refuses a field that a type cannot have although its definition is right: what it names is in use, or needs the type itself. */
export function checkDependencies(type: Type, name: string, spec: Spec, selfReferences: number): void {
  const fail = (error: QueryError): never => {
    throw invalid(name, type.name, error);
  };
  const named = spec.names;
  if (named === null) {
    if (spec.nested !== null) for (const inner of namesOf(spec.nested)) assertFree(inner, fail);
    return;
  }
  assertFree(named, fail);
  if (named === type && selfReferences > SELF_REFERENCES_MAX) fail(maxQuotaErr(declaration.selfReferences()));
  if (spec.kind !== KIND.type || spec.nillable || type.wrapOnly) return;
  const target = named as Type;
  if (target.wrapOnly) fail(typeErr(declaration.wrapOnly(type.name)));
  if (needs(target, type, new Set())) fail(valueErr(declaration.circular(spec.text)));
}

function assertFree(named: Type | Enum, fail: (error: QueryError) => never): void {
  if (named.locks === 0) return;
  fail(operationErr(named instanceof Type ? declaration.typeInUse(named.name) : declaration.enumInUse(named.name)));
}

/** Whether an instance of `type` cannot be without one of `other`. */
export function needs(type: Type, other: Type, seen: Set<Type>): boolean {
  if (type === other) return true;
  if (seen.has(type)) return false;
  seen.add(type);
  return type.fields.some(({ spec }) => spec.kind === KIND.type && !spec.nillable && needs(spec.target as Type, other, seen));
}

/** How many fields of a type refer to the type itself. */
export function selfReferences(type: Type): number {
  return type.fields.reduce((n, { spec }) => (spec.names === type ? n + 1 : n), 0);
}

/** What a field is declared as: a text, or a structure. What they name has the names of today. */
export function declaredAs(spec: Spec): Value {
  if (spec.nested === null) return spec.text;
  const definition = structureOf(spec.nested);
  return spec.nestedList ? new List([definition]) : definition;
}

function structureOf(type: Type): Thing {
  const { shape } = type.definition!;
  return new Thing(shape, type.definition!.toValues().map((value, i) => {
    const field = type.field(shape.keys[i]!);
    return field === null ? value : declaredAs(field.spec);
  }));
}
