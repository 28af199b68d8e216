/** `mod_type(T, 'wpo', …)`, `'hid'` and `'idx'`: the flags of a type. */
import { setTypeFlags } from '../../collection/schema-events.ts';
import { operationErr } from '../../errors/query-error.ts';
import { mod as msg } from '../../errors/messages/types.ts';
import { allInstances } from '../../evaluator/held.ts';
import type { Query } from '../../evaluator/query.ts';
import { needs } from '../../values/definition.ts';
import { KIND } from '../../values/spec.ts';
import { TYPE_FLAG, type Type } from '../../values/type.ts';
import { apply, stamp } from './_schema.ts';
import type { Task } from './_task.ts';
import { withFlag } from './_type_flags.ts';

export function setHideId(task: Task<Type>): void {
  task.takes(3);
  setFlag(task, TYPE_FLAG.hideId, task.bool(3));
}

export function setIndex(task: Task<Type>): void {
  task.takes(3);
  setFlag(task, TYPE_FLAG.index, task.bool(3));
}

/** A wrap-only type has no instances, and no other type may need one. */
export function setWrapOnly(task: Task<Type>): void {
  const { q, target: type } = task;
  task.takes(3);
  const on = task.bool(3);
  if (on === type.wrapOnly) return;
  if (on) {
    const instances = allInstances(q, type).length;
    if (instances > 0) throw operationErr(msg.wrapOnlyInstances(type.name, instances), task.docs);
    if (isNeeded(q, type)) throw operationErr(msg.wrapOnlyRequired(type.name));
  } else assertMayHaveInstances(type);
  setFlag(task, TYPE_FLAG.wrapOnly, on);
}

function isNeeded(q: Query, type: Type): boolean {
  for (const other of q.theCollection().types.values()) {
    if (other === type || other.wrapOnly) continue;
    if (other.fields.some(({ spec }) => spec.kind === KIND.type && !spec.nillable && spec.target === type)) return true;
  }
  return false;
}

/** Its fields must be those that a type with instances may have. */
function assertMayHaveInstances(type: Type): void {
  for (const { name, spec } of type.fields) {
    if (spec.nested !== null) throw operationErr(msg.wrapOnlyNested(type.name, name));
    if (spec.kind !== KIND.type || spec.nillable) continue;
    const target = spec.target as Type;
    if (target !== type && target.wrapOnly) throw operationErr(msg.wrapOnlyDepends(type.name, target.name, name));
    if (needs(target, type, new Set())) throw operationErr(msg.wrapOnlySelf(type.name, name));
  }
}

function setFlag({ q, target: type }: Task<Type>, flag: number, on: boolean): void {
  const flags = withFlag(type.flags, flag, on);
  if (flags !== type.flags) apply(q, setTypeFlags, { type: type.id, flags, at: stamp(q) });
}
