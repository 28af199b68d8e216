/** Whether a value may be put where a type or a restriction rules, and what it becomes there. */
import { lookupErr, typeErr, valueErr, type QueryError } from '../errors/query-error.ts';
import { change as changeMsg } from '../errors/messages/change.ts';
import { arrayRestricted, mismatch as msg } from '../errors/messages/types.ts';
import { restrictThing, toProperty, type Mutator } from './mutate.ts';
import { KIND, type Spec } from '../values/spec.ts';
import { FIT, fieldProblem, fit, fitsRestriction, fitsSet, wantsOf } from '../values/spec-check.ts';
import type { Field } from '../values/type.ts';
import { Thing, ThingSet, typeName, type List, type Value } from '../values/value.ts';

/** An item of a list. */
export function fitItem(_q: Mutator, list: List, value: Value): Value {
  if (list.owner === null) return value;
  const { spec } = list;
  if (spec === null) return value;
  const f = fit(spec, value);
  if (f === FIT.yes) return value;
  throw f === FIT.value ? valueErr(arrayRestricted(wantsOf(spec).many)) : typeErr(msg.itemType(typeName(value)));
}

/** A thing that is added to a set. */
export function fitMember(_q: Mutator, set: ThingSet, thing: Thing): void {
  if (set.owner === null) return;
  if (!fitsSet(set.spec, [thing])) throw typeErr(msg.memberType(typeName(thing)));
  if (set.owner.id === 0 && fieldOf(set)?.relation != null) throw typeErr(msg.storedRelation());
}

/** Things that an operator such as `|=` brings into a set. */
export function fitMembers(_q: Mutator, set: ThingSet, things: readonly Thing[]): void {
  if (set.owner === null || things.length === 0) return;
  const field = fieldOf(set);
  if (field === null) return;
  if (!fitsSet(field.spec.item, things)) throw typeErr(msg.property(field.type.name, field.name, msg.members(field.spec.text)));
  if (set.owner.id === 0 && field.relation !== null) throw typeErr(msg.onProperty(field.type.name, field.name, msg.storedRelation()));
}

/** The field that a list or set stands in; null when its thing has no type. */
export function fieldOf(value: List | ThingSet): Field | null {
  return value.owner?.type?.field(value.key) ?? null;
}

/** A value for a property of a typed or restricted thing. `at` is its position; `fresh` as in {@link toProperty}. */
export function fitProperty(q: Mutator, thing: Thing, at: number, key: string, value: Value, fresh: boolean): Value {
  const { type } = thing;
  if (type !== null) {
    const field = thing.shape === type.shape ? type.fields[at] : type.field(key);
    if (field == null) throw lookupErr(changeMsg.typeNoProperty(type.name, key));
    return fitField(q, field, value, fresh, thing.id !== 0);
  }
  if (thing.spec !== null && !fitsRestriction(thing.spec, value)) throw typeErr(msg.restriction());
  return toProperty(q, value, fresh);
}

/** A value for a field of an instance, which is stored or not. */
export function fitField(q: Mutator, field: Field, value: Value, fresh: boolean, stored: boolean): Value {
  const problem = fieldProblem(field, value) ?? relationProblem(field, value, stored);
  if (problem !== null) throw problem;
  return accept(q, field.spec, value, fresh);
}

/** What a value that fits becomes in a field. */
export function accept(q: Mutator, spec: Spec, value: Value, fresh: boolean): Value {
  if (typeof value !== 'object' || value === null) return value;
  if (spec.kind === KIND.thing && spec.item !== null && value instanceof Thing && value.spec === null) restrictThing(q, value, spec.item);
  return toProperty(q, value, fresh);
}

/** The side of a relation that is assigned must be stored. */
function relationProblem(field: Field, value: Value, stored: boolean): QueryError | null {
  if (field.relation === null || stored || value === null) return null;
  if (value instanceof ThingSet && value.things.size === 0) return null;
  return typeErr(msg.onProperty(field.type.name, field.name, msg.storedRelation()));
}
