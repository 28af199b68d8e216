/** What the functions about types and enumerators share. */
import { LANGUAGE } from '../../evaluator/limits.ts';
import type { EventKind } from '../../collection/event.ts';
import type { Replica } from '../../collection/replica.ts';
import { assert } from '../../errors/assert.ts';
import { lookupErr, operationErr, valueErr } from '../../errors/query-error.ts';
import { enums as enumMsg } from '../../errors/messages/enums.ts';
import { mod as modMsg, types as msg } from '../../errors/messages/types.ts';
import { allInstances, heldBy, settle } from '../../evaluator/held.ts';
import { isInUse } from '../../collection/in-use.ts';
import type { Query } from '../../evaluator/query.ts';
import { namesOf } from '../../values/definition.ts';
import type { Enum } from '../../values/enum.ts';
import { emptyShape, isName } from '../../values/shape.ts';
import { compareStr } from '../../values/str.ts';
import type { Type } from '../../values/type.ts';
import { List, Member, Thing, type Value } from '../../values/value.ts';

/** Names that mean something else wherever a type is named. */
const RESERVED: ReadonlySet<string> = new Set((
  'ano any big bool break bytes catch closure continue date datetime else email enum error false final float for future if in int interface list ' +
  'module mpdata nil nint number pint raw regex return room set str task tel thing time timedelta timeval trait true try tuple type typed uint ' +
  'union url utf8').split(' '));

/** Runs an event on the collection and records it. */
export function apply<F extends EventKind['fields']>(q: Query, kind: EventKind<Replica, F>, args: Parameters<EventKind<Replica, F>['run']>[1]): void {
  assert(q.change !== null && q.replica !== null, 'the name of such a function makes the query a change');
  q.change.do(kind, q.replica, args);
}

/** Now, as the time of a modification. */
export const stamp = (q: Query): number => Math.floor(q.host.now());

export function typeNamed(q: Query, name: string): Type {
  if (!isName(name)) throw valueErr(msg.naming(), 'overview/names');
  const type = q.collection?.types.get(name);
  if (type === undefined) throw lookupErr(msg.notFound(name));
  return type;
}

export function enumNamed(q: Query, name: string): Enum {
  if (!isName(name)) throw valueErr(enumMsg.naming(), 'overview/names');
  const found = q.theCollection().enums.get(name);
  if (found === undefined) throw lookupErr(enumMsg.notFound(name));
  return found;
}

export function assertUnlocked(type: Type): void {
  if (type.locks > 0) throw operationErr(msg.inUse(type.name));
}

export function assertEnumUnlocked(found: Enum): void {
  if (found.locks > 0) throw operationErr(enumMsg.inUse(found.name));
}

/** Neither the type nor an instance may be in use when it changes. */
export function assertChangeable(q: Query, type: Type): void {
  assertUnlocked(type);
  for (const thing of allInstances(q, type)) if (isInUse(q, thing)) throw operationErr(msg.instanceInUse(type.name));
}

/** Runs a check for which it is no hindrance that the type is in use by the change that is being made. */
export function unlocked(type: Type, check: () => void): void {
  type.locks--;
  try {
    check();
  } finally {
    type.locks++;
  }
}

/** A name that a new type or enumerator may have, by its form. */
export function assertValidName(fn: string, n: number, what: 'type' | 'enum', name: string): void {
  if (!isName(name)) throw valueErr(msg.validName(fn, n, what), 'overview/names');
}

export function assertNotReserved(name: string): void {
  if (RESERVED.has(name)) throw valueErr(msg.reserved(name));
}

export function assertUnknown(q: Query, name: string): void {
  const { types, enums } = q.theCollection();
  if (types.has(name)) throw lookupErr(msg.exists(name));
  if (enums.has(name)) throw lookupErr(enumMsg.exists(name));
}

/** Argument `n` must follow the naming rules. */
export function assertArgName(fn: string, n: number, name: string): void {
  if (!isName(name)) throw valueErr(modMsg.argNaming(fn, n), 'overview/names');
}

/** Types or enumerators by name, in byte order. */
export function byName<T extends { readonly name: string }>(all: Iterable<T>): T[] {
  return [...all].sort((a, b) => compareStr(a.name, b.name));
}

/** Whether a type that is not `except` names `what` in a definition. */
export function isNamedByTypes(q: Query, what: Type | Enum, except: Type | null = null): boolean {
  for (const type of q.theCollection().types.values()) {
    if (type === except) continue;
    for (const named of namesOf(type)) if (named === what) return true;
  }
  return false;
}

/** A definition of one field, as events have it. */
export function definitionOf(name: string, value: Value): Thing {
  return new Thing(emptyShape().with(name), [value]);
}

/** The members of an enumerator that something refers to: stored values, variables, definitions, tasks. */
export function membersInUse(q: Query, of: Enum): Set<Member> {
  const used = new Set<Member>();
  const look = (value: Value): void => {
    if (value instanceof Member) {
      if (value.enum === of) used.add(value);
    } else if (value instanceof List) value.items.forEach(look);
  };
  const collection = q.theCollection();
  settle(q);
  for (const thing of collection.things.values()) for (let at = 0; at < thing.count; at++) look(thing.valueAt(at));
  for (const task of collection.tasks) task.args.forEach(look);
  for (const type of collection.types.values()) for (const { spec } of type.fields) if (spec.member !== null) look(spec.member);
  for (const value of heldBy(q)) look(value as Value);
  return used;
}

export const TYPES_MAX = LANGUAGE.types;
