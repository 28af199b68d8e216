/**
 * The events of types, enumerators and relations. Where a type changes, its stored instances change in the same
 * event; those that only a query's variables hold are the business of the query (`evaluator/loose.ts`), with the
 * same operations (`schema-ops.ts`).
 */
import { assert } from '../errors/assert.ts';
import { readEntry } from '../values/definition.ts';
import { Enum } from '../values/enum.ts';
import * as raw from '../values/raw.ts';
import { Type, becomePlain, becomeTyped, plainShape, type Field } from '../values/type.ts';
import { Closure, Thing, type Member, type Value } from '../values/value.ts';
import { eventKind } from './event.ts';
import { linkOther } from './relations.ts';
import type { Replica } from './replica.ts';
import { addValue, copyValue, removeValue, renameValue } from './schema-ops.ts';

const closureOf = (value: Value): Closure => {
  assert(value instanceof Closure, 'a method is a closure');
  return value;
};

const fieldOf = (type: Type, name: string): Field => {
  const field = type.field(name);
  assert(field !== null, 'the field that an event names exists');
  return field;
};

/** `at` 0 leaves the time of the last modification. */
function touch(what: Type | Enum, at: number): void {
  if (at > 0) what.modifiedAt = at;
}

// ---- types ---------------------------------------------------------------------------------------------------

export const newType = eventKind(100, 'new_type', { type: 'int', name: 'str', flags: 'int', at: 'int' }, ({ collection }: Replica, { type: id, name, flags, at }) => {
  let type = collection.removedTypes.get(name);
  if (type !== undefined) {
    collection.removedTypes.delete(name);
    type.revive(name, at);
  } else {
    type = new Type(id, name, at, null, collection.things);
    collection.typesById.set(id, type);
    if (id >= collection.nextTypeId) collection.nextTypeId = id + 1;
  }
  type.flags = flags;
  collection.types.set(name, type);
});

export const setTypeFlags = eventKind(101, 'type_flags', { type: 'int', flags: 'int', at: 'int' }, (to: Replica, { type: id, flags, at }) => {
  const type = to.type(id);
  type.flags = flags;
  touch(type, at);
});

/** Fields of a type that has no instances. */
export const addFields = eventKind(102, 'add_fields', { type: 'int', fields: 'definition', at: 'int' }, (to: Replica, { type: id, fields, at }) => {
  const type = to.type(id);
  type.addFields(specsOf(to, type, fields));
  touch(type, at);
});

/** One field, with the value that all instances get. */
export const addField = eventKind(103, 'add_field', { type: 'int', field: 'definition', value: 'value', at: 'int' }, (to: Replica, { type: id, field, value, at }) => {
  const type = to.type(id);
  type.addFields(specsOf(to, type, field));
  for (const thing of type.instances) {
    to.collection.changing(thing);
    const given = copyValue(value);
    to.collection.ref(given, to.neverFresh);
    addValue(thing, type, given);
  }
  touch(type, at);
});

export const setMethod = eventKind(104, 'set_method', { type: 'int', name: 'str', closure: 'value', replace: 'bool' }, (to: Replica, { type: id, name, closure, replace }) => {
  const type = to.type(id);
  if (replace) type.methods.set(name, closureOf(closure));
  else type.addMethod(name, closureOf(closure));
});

export const setIdName = eventKind(105, 'id_name', { type: 'int', name: 'str?', at: 'int' }, (to: Replica, { type: id, name, at }) => {
  const type = to.type(id);
  type.idName = name;
  touch(type, at);
});

export const delField = eventKind(106, 'del_field', { type: 'int', name: 'str', at: 'int' }, (to: Replica, { type: id, name, at }) => {
  const type = to.type(id);
  const position = type.removeField(name);
  for (const thing of type.instances) {
    to.collection.changing(thing);
    to.collection.release(removeValue(thing, type, position));
  }
  touch(type, at);
});

export const delMethod = eventKind(107, 'del_method', { type: 'int', name: 'str', at: 'int' }, (to: Replica, { type: id, name, at }) => {
  const type = to.type(id);
  type.removeMethod(name);
  touch(type, at);
});

export const renField = eventKind(108, 'rename_field', { type: 'int', from: 'str', name: 'str', at: 'int' }, (to: Replica, { type: id, from, name, at }) => {
  const type = to.type(id);
  type.renameField(fieldOf(type, from), name);
  for (const thing of type.instances) {
    to.collection.changing(thing);
    renameValue(thing, type, name);
  }
  touch(type, at);
});

export const renMethod = eventKind(109, 'rename_method', { type: 'int', from: 'str', name: 'str', at: 'int' }, (to: Replica, { type: id, from, name, at }) => {
  const type = to.type(id);
  type.renameMethod(from, name);
  touch(type, at);
});

/** Another definition of a field, which the values of all instances fit. */
export const redefineField = eventKind(110, 'redefine_field', { type: 'int', field: 'definition', at: 'int' }, (to: Replica, { type: id, field, at }) => {
  const type = to.type(id);
  const [{ name, spec }] = specsOf(to, type, field) as [FieldParts];
  type.redefine(fieldOf(type, name), spec);
  touch(type, at);
});

export const renameType = eventKind(111, 'rename_type', { type: 'int', name: 'str' }, (to: Replica, { type: id, name }) => {
  const type = to.type(id);
  const { types } = to.collection;
  types.delete(type.name);
  type.name = name;
  types.set(name, type);
});

export const delType = eventKind(112, 'del_type', { type: 'int' }, (to: Replica, { type: id }) => {
  const type = to.type(id);
  const { types, removedTypes } = to.collection;
  const shape = plainShape(type.shape);
  for (const thing of type.instances) {
    to.collection.changing(thing);
    becomePlain(thing, shape);
  }
  types.delete(type.name);
  removedTypes.set(type.name, type);
  type.delete();
});

/** A relation between two fields; what instances hold already is completed from both sides. */
export const relate = eventKind(113, 'relate', { type: 'int', field: 'str', other: 'int', otherField: 'str', at: 'int' },
  (to: Replica, { type: id, field: name, other: otherId, otherField, at }) => {
    const field = fieldOf(to.type(id), name);
    const other = fieldOf(to.type(otherId), otherField);
    field.relation = other;
    other.relation = field;
    for (const side of field === other ? [field] : [field, other]) {
      // By id: the order in which instances came is not the same after a restart.
      for (const thing of [...side.type.instances].sort((a, b) => a.id - b.id)) {
        for (const held of thingsIn(raw.getProperty(thing, side.name)!)) linkOther(to.collection, held, side.relation!, thing);
      }
    }
    touch(field.type, at);
    touch(other.type, at);
  });

export const unrelate = eventKind(114, 'unrelate', { type: 'int', field: 'str', at: 'int' }, (to: Replica, { type: id, field: name, at }) => {
  const field = fieldOf(to.type(id), name);
  const other = field.relation!;
  field.relation = null;
  other.relation = null;
  touch(field.type, at);
  touch(other.type, at);
});

/** A plain thing becomes an instance; `values` are those of the fields. */
export const toType = eventKind(115, 'to_type', { thing: 'thing', type: 'int', values: 'values' }, (to: Replica, { thing, type: id, values }) => {
  const type = to.type(id);
  to.collection.changing(thing);
  for (const value of values) to.collection.ref(value, to.neverFresh);
  for (const value of raw.clearThing(thing)) to.collection.release(value);
  becomeTyped(thing, type, values);
  raw.ownValues(thing);
});

export const toThing = eventKind(116, 'to_thing', { thing: 'thing' }, ({ collection }: Replica, { thing }) => {
  collection.changing(thing);
  thing.type!.removeInstance(thing);
  becomePlain(thing, plainShape(thing.shape));
});

/** Things that nothing refers to are gone already before the change ends: what follows in it must not meet them. */
export const dropThings = eventKind(117, 'drop', { ids: 'values' }, (to: Replica, { ids }) => {
  to.collection.dropByIds(ids as number[]);
});

interface FieldParts {
  readonly name: string;
  readonly spec: Field['spec'];
}

function specsOf({ collection }: Replica, type: Type, definition: Thing): FieldParts[] {
  const fields: FieldParts[] = [];
  const none = (): void => assert(false, 'only fields are recorded this way');
  const parts = { id: none, method: none, field: (name: string, spec: Field['spec']) => fields.push({ name, spec }) };
  definition.shape.keys.forEach((key, i) => readEntry(collection, type, key, definition.valueAt(i), parts));
  return fields;
}

/** The things on one side of a relation. */
export function thingsIn(value: Value): Thing[] {
  if (value === null) return [];
  return value instanceof Thing ? [value] : [...(value as unknown as { things: Set<Thing> }).things];
}

// ---- enumerators ---------------------------------------------------------------------------------------------

const memberOf = (to: Replica, id: number, name: string): Member => to.member(id, name);

export const newEnum = eventKind(120, 'new_enum', { enum: 'int', name: 'str', at: 'int' }, ({ collection }: Replica, { enum: id, name, at }) => {
  const made = new Enum(id, name, at);
  collection.enumsById.set(id, made);
  collection.enums.set(name, made);
});

export const addMember = eventKind(121, 'add_member', { enum: 'int', name: 'str', value: 'value', at: 'int' }, (to: Replica, { enum: id, name, value, at }) => {
  to.collection.ref(value, to.neverFresh);
  to.enum(id).add(name, value);
  touch(to.enum(id), at);
});

export const setMember = eventKind(122, 'set_member', { enum: 'int', name: 'str', value: 'value', at: 'int' }, (to: Replica, { enum: id, name, value, at }) => {
  const member = memberOf(to, id, name);
  to.collection.ref(value, to.neverFresh);
  to.collection.release(member.value);
  member.value = value;
  touch(to.enum(id), at);
});

export const delMember = eventKind(123, 'del_member', { enum: 'int', name: 'str', at: 'int' }, (to: Replica, { enum: id, name, at }) => {
  const member = memberOf(to, id, name);
  to.collection.release(member.value);
  member.enum.remove(member);
  touch(member.enum, at);
});

export const renMember = eventKind(124, 'rename_member', { enum: 'int', from: 'str', name: 'str', at: 'int' }, (to: Replica, { enum: id, from, name, at }) => {
  const member = memberOf(to, id, from);
  member.enum.rename(member, name);
  touch(member.enum, at);
});

export const defMember = eventKind(125, 'default_member', { enum: 'int', name: 'str', at: 'int' }, (to: Replica, { enum: id, name, at }) => {
  const member = memberOf(to, id, name);
  member.enum.setDefault(member);
  touch(member.enum, at);
});

export const setEnumMethod = eventKind(126, 'set_enum_method', { enum: 'int', name: 'str', closure: 'value', at: 'int' }, (to: Replica, { enum: id, name, closure, at }) => {
  to.enum(id).methods.set(name, closureOf(closure));
  touch(to.enum(id), at);
});

export const delEnumMethod = eventKind(127, 'del_enum_method', { enum: 'int', name: 'str', at: 'int' }, (to: Replica, { enum: id, name, at }) => {
  to.enum(id).methods.delete(name);
  touch(to.enum(id), at);
});

export const renEnumMethod = eventKind(128, 'rename_enum_method', { enum: 'int', from: 'str', name: 'str', at: 'int' }, (to: Replica, { enum: id, from, name, at }) => {
  to.enum(id).renameMethod(from, name);
  touch(to.enum(id), at);
});

export const renameEnum = eventKind(129, 'rename_enum', { enum: 'int', name: 'str' }, (to: Replica, { enum: id, name }) => {
  const found = to.enum(id);
  const { enums } = to.collection;
  enums.delete(found.name);
  found.name = name;
  enums.set(name, found);
});

export const delEnum = eventKind(130, 'del_enum', { enum: 'int' }, (to: Replica, { enum: id }) => {
  const found = to.enum(id);
  const { enums, enumsById } = to.collection;
  for (const member of found.members) to.collection.release(member.value);
  enums.delete(found.name);
  enumsById.delete(id);
  found.deleted = true;
});

export const SCHEMA_EVENTS = [
  newType, setTypeFlags, addFields, addField, setMethod, setIdName, delField, delMethod, renField, renMethod, redefineField, renameType, delType,
  relate, unrelate, toType, toThing, dropThings,
  newEnum, addMember, setMember, delMember, renMember, defMember, setEnumMethod, delEnumMethod, renEnumMethod, renameEnum, delEnum,
] as const;
