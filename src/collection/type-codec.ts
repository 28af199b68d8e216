/**
 * Types as bytes, part by part: what their fields name is written by id, not as a text that would be read again, since
 * types and enumerators may have got another name, or be gone, since a field was declared.
 */
import { Enum } from '../values/enum.ts';
import { Spec, type Range } from '../values/spec.ts';
import { ANONYMOUS, Type } from '../values/type.ts';
import { Member, type Closure, type Regex } from '../values/value.ts';
import { KIND, type Reader, type Writer } from '../wire/msgpack.ts';
import { decodeDefinition, decodeValue, encodeDefinition, encodeValue, type Naming, type Resolver } from './store-codec.ts';

/** Finds also what definitions name. */
interface Names extends Resolver {
  /** One that was deleted is found too. */
  typeById(id: number): Type;
  /** Null for one that was deleted. */
  enumById(id: number): Enum | null;
}

/** A structure within a type. */
function encodeNested(w: Writer, type: Type, naming: Naming): void {
  encodeDefinition(w, type.definition!);
  encodeParts(w, type, naming);
}

function decodeNested(r: Reader, from: Names): Type {
  const type = new Type(-1, ANONYMOUS, 0, decodeDefinition(r, from));
  decodeParts(r, type, from);
  return type;
}

/** What a type consists of, but for its name and the relations between fields. */
export function encodeParts(w: Writer, type: Type, naming: Naming): void {
  w.int(type.flags);
  encodeText(w, type.idName);
  w.array(type.fields.length);
  for (const { name, spec } of type.fields) {
    w.str(name);
    encodeSpec(w, spec, naming);
  }
  for (const methods of [[...type.methods], type.shadowed]) {
    w.array(methods.length);
    for (const [name, closure] of methods) {
      w.str(name);
      encodeValue(w, closure, naming);
    }
  }
}

export function decodeParts(r: Reader, type: Type, from: Names): void {
  type.flags = r.safeInt();
  type.idName = decodeText(r);
  const fields: { name: string; spec: Spec }[] = [];
  for (let n = r.array(); n > 0; n--) fields.push({ name: r.str(), spec: decodeSpec(r, from) });
  type.addFields(fields);
  for (let n = r.array(); n > 0; n--) type.methods.set(r.str(), decodeValue(r, from) as Closure);
  for (let n = r.array(); n > 0; n--) type.shadowed.push([r.str(), decodeValue(r, from) as Closure]);
}

export function encodeSpec(w: Writer, spec: Spec, naming: Naming): void {
  w.int(spec.kind);
  w.bool(spec.nillable);
  w.int(spec.flags);
  w.str(spec.head);
  w.str(spec.tail);
  encodeTarget(w, spec, naming);
  encodeRange(w, spec.range);
  encodeValue(w, spec.pattern);
  w.bool(spec.fallback !== undefined);
  // That of a member is the member.
  if (spec.fallback !== undefined && spec.member === null) encodeValue(w, spec.fallback, naming);
  w.bool(spec.nestedList);
  if (spec.nested === null) w.nil();
  else encodeNested(w, spec.nested, naming);
  if (spec.item === null) w.nil();
  else encodeSpec(w, spec.item, naming);
}

export function decodeSpec(r: Reader, from: Names): Spec {
  const [kind, nillable, flags, head, tail] = [r.safeInt(), r.bool(), r.safeInt(), r.str(), r.str()];
  const { target, member } = decodeTarget(r, from);
  const range = decodeRange(r);
  const pattern = decodeValue(r, from) as Regex | null;
  const fallback = !r.bool() ? undefined : member ?? decodeValue(r, from);
  const nestedList = r.bool();
  const nested = r.kind() === KIND.nil ? r.nil() : decodeNested(r, from);
  const item = r.kind() === KIND.nil ? r.nil() : decodeSpec(r, from);
  return new Spec({ kind, nillable, flags, head, tail, target, member, range, pattern, fallback, nested, nestedList, item });
}

/** A type by its id, which it keeps for ever; an enumerator by its id and, in case it is gone, its name. */
function encodeTarget(w: Writer, { target, member }: Spec, naming: Naming): void {
  if (target === null) return w.nil();
  w.int(target.id);
  w.bool(target instanceof Enum);
  if (!(target instanceof Enum)) return;
  w.str(target.name);
  encodeText(w, member === null ? null : naming.member(member));
}

function decodeTarget(r: Reader, from: Names): { target: Type | Enum | null; member: Member | null } {
  if (r.kind() === KIND.nil) return { target: r.nil(), member: null };
  const id = r.safeInt();
  if (!r.bool()) return { target: from.typeById(id), member: null };
  const name = r.str();
  const memberName = decodeText(r);
  const target = from.enumById(id) ?? removedEnum(id, name);
  return { target, member: memberName === null ? null : target.byName.get(memberName) ?? new Member(target, memberName, null) };
}

/** Only its name is still shown, by what was declared with it. */
function removedEnum(id: number, name: string): Enum {
  const removed = new Enum(id, name, 0);
  removed.deleted = true;
  return removed;
}

function encodeRange(w: Writer, range: Range | null): void {
  if (range === null) return w.nil();
  for (const end of [range.min, range.max]) {
    if (typeof end === 'number' && !Number.isSafeInteger(end)) w.float(end);
    else w.int(end);
  }
}

function decodeRange(r: Reader): Range | null {
  if (r.kind() === KIND.nil) return r.nil();
  const end = (): number | bigint => (r.kind() === KIND.float ? r.float() : r.int());
  return { min: end(), max: end() };
}

export function encodeText(w: Writer, text: string | null): void {
  if (text === null) w.nil();
  else w.str(text);
}

export function decodeText(r: Reader): string | null {
  return r.kind() === KIND.nil ? r.nil() : r.str();
}
