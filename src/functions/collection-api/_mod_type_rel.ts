import { relate, thingsIn, unrelate } from '../../collection/schema-events.ts';
import { lookupErr, typeErr } from '../../errors/query-error.ts';
import { change as changeMsg } from '../../errors/messages/change.ts';
import { relation as msg } from '../../errors/messages/types.ts';
import { heldBy } from '../../evaluator/held.ts';
import type { Query } from '../../evaluator/query.ts';
import { getProperty } from '../../values/raw.ts';
import { KIND, type Spec } from '../../values/spec.ts';
import type { Field, Type } from '../../values/type.ts';
import { Thing } from '../../values/value.ts';
import { apply, stamp } from './_schema.ts';
import type { Task } from './_task.ts';

/** `mod_type(T, 'rel', field, other field)`: makes a relation, or with nil ends it. */
export function relateField(task: Task<Type>): void {
  const { q, target: type } = task;
  const name = task.member();
  task.takes(4);
  const field = type.field(name);
  if (field === null) throw lookupErr(changeMsg.typeNoProperty(type.name, name));
  const otherName = task.arg(4);
  if (otherName === null) {
    if (field.relation === null) throw typeErr(msg.missing(name, type.name));
    apply(q, unrelate, { type: type.id, field: name, at: stamp(q) });
    return;
  }
  if (typeof otherName !== 'string') task.wrongType(4, '`str` or type `nil`', otherName);
  if (field.relation !== null) throw typeErr(msg.exists(name, type.name));
  const other = otherSide(field, otherName as string, task.docs);
  assertAllStored(q);
  assertNoConflict(field, other);
  apply(q, relate, { type: type.id, field: name, other: other.type.id, otherField: other.name, at: stamp(q) });
}

function otherSide(field: Field, name: string, docs: string): Field {
  const type = relatedType(field.spec);
  if (type === null) throw typeErr(msg.kinds(), docs);
  const other = type.field(name);
  if (other === null) throw lookupErr(changeMsg.typeNoProperty(type.name, name));
  const back = relatedType(other.spec);
  if (back === null) throw typeErr(msg.kinds(), docs);
  if (back !== field.type) throw typeErr(msg.refers(name, type.name, back.name));
  if (other.relation !== null) throw typeErr(msg.exists(name, type.name));
  return other;
}

/** Only `T?` and `{T}` can be a side of a relation. */
function relatedType(spec: Spec): Type | null {
  if (spec.kind === KIND.type && spec.nillable) return spec.target as Type;
  if (spec.kind === KIND.set && !spec.nillable && spec.item?.kind === KIND.type) return spec.item.target as Type;
  return null;
}

/** A thing that only a variable holds could be on one side already. */
function assertAllStored(q: Query): void {
  for (const value of heldBy(q)) if (value instanceof Thing && value.id === 0) throw typeErr(msg.unstored());
}

/** What instances hold already must be possible for both sides. */
function assertNoConflict(field: Field, other: Field): void {
  for (const [side, back] of field === other ? [[field, other] as const] : [[field, other] as const, [other, field] as const]) {
    if (back.spec.kind === KIND.set) continue;
    // The other side can hold one thing only.
    const seen = new Set<Thing>();
    for (const thing of side.type.instances) {
      for (const held of thingsIn(getProperty(thing, side.name)!)) {
        const known = getProperty(held, back.name) as Thing | null;
        const inSet = side.spec.kind === KIND.set;
        if (inSet && seen.has(held)) throw typeErr(msg.twoSets(held.id, side.name, side.type.name));
        seen.add(held);
        if (known === null || known === thing) continue;
        throw typeErr(inSet ? msg.inSet(held.id, side.name, thing.id, known.id) : msg.conflict(side.name, thing.id, held.id, back.name, known.id));
      }
    }
  }
}
