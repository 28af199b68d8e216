/** Packing what `type_info` and `enum_info` answer. */
import type { Query } from '../../evaluator/query.ts';
import { PRIVILEGE } from '../../system/access.ts';
import type { Type } from '../../values/type.ts';
import type { Enum } from '../../values/enum.ts';
import { declaredAs } from '../../values/definition.ts';
import { Closure, List, MpData, Thing, type Value } from '../../values/value.ts';
import { Writer } from '../../wire/msgpack.ts';
import { pack } from '../../wire/result.ts';
import { packContext } from '../../evaluator/contexts.ts';
import { docOf, packClosureFacts } from '../procedures-api/_procedure.ts';

export function typeInfo(q: Query, type: Type): MpData {
  const w = new Writer();
  w.map(10);
  w.str('type_id');
  w.int(type.id);
  w.str('name');
  w.str(type.name);
  w.str('wrap_only');
  w.bool(type.wrapOnly);
  w.str('hide_id');
  w.bool(type.hideId);
  w.str('auto_index');
  w.bool(type.autoIndex);
  packTimes(w, type);
  w.str('fields');
  w.array(type.fields.length + (type.idName === null ? 0 : 1));
  if (type.idName !== null) packPair(w, type.idName, '#');
  for (const { name, spec } of type.fields) packPair(w, name, declaredAs(spec));
  packMethods(w, q, type.methods, mayChange(q));
  packRelations(w, type);
  return new MpData(w.copy());
}

export function enumInfo(q: Query, of: Enum): MpData {
  const w = new Writer();
  w.map(7);
  w.str('enum_id');
  w.int(of.id);
  w.str('name');
  w.str(of.name);
  w.str('default');
  const first = of.members[0];
  if (first === undefined) w.nil();
  else w.str(first.name);
  packTimes(w, of);
  w.str('members');
  w.array(of.members.length);
  for (const { name, value } of of.members) {
    w.array(2);
    w.str(name);
    pack(value, w, { ...packContext(q), deep: 0, flags: 0 });
  }
  packMethods(w, q, of.methods, true);
  return new MpData(w.copy());
}

/** Definitions of methods are for those who may change them. */
function mayChange(q: Query): boolean {
  return (q.rightsOn(q.access()) & PRIVILEGE.CHANGE) !== 0;
}

function packTimes(w: Writer, { createdAt, modifiedAt }: Type | Enum): void {
  w.str('created_at');
  w.int(createdAt);
  w.str('modified_at');
  if (modifiedAt === 0) w.nil();
  else w.int(modifiedAt);
}

function packPair(w: Writer, name: string, definition: Value): void {
  w.array(2);
  w.str(name);
  packDefinition(w, definition);
}

/** Structures are shown whole. */
export function packDefinition(w: Writer, definition: Value): void {
  if (typeof definition === 'string') w.str(definition);
  else if (definition instanceof Closure) w.str(definition.text);
  else if (definition instanceof List) {
    w.array(definition.items.length);
    for (const item of definition.items) packDefinition(w, item);
  } else if (definition instanceof Thing) {
    w.map(definition.count);
    definition.shape.keys.forEach((key, i) => {
      w.str(key);
      packDefinition(w, definition.valueAt(i));
    });
  }
}

function packMethods(w: Writer, q: Query, methods: ReadonlyMap<string, Closure>, withDefinition: boolean): void {
  w.str('methods');
  w.map(methods.size);
  for (const [name, closure] of methods) {
    w.str(name);
    w.map(withDefinition ? 4 : 3);
    w.str('doc');
    w.str(docOf(q, closure));
    packClosureFacts(w, q, closure, withDefinition);
  }
}

function packRelations(w: Writer, type: Type): void {
  const related = type.fields.filter(({ relation }) => relation !== null);
  w.str('relations');
  w.map(related.length);
  for (const { name, relation } of related) {
    w.str(name);
    w.map(3);
    w.str('type');
    w.str(relation!.type.name);
    w.str('property');
    w.str(relation!.name);
    w.str('definition');
    w.str(relation!.spec.text);
  }
}
