import { renField, renMethod, setIdName } from '../../collection/schema-events.ts';
import { renameValue } from '../../collection/schema-ops.ts';
import { lookupErr, valueErr } from '../../errors/query-error.ts';
import { change as changeMsg } from '../../errors/messages/change.ts';
import { mod as msg, types as typeMsg } from '../../errors/messages/types.ts';
import { looseInstances } from '../../evaluator/held.ts';
import { isName } from '../../values/shape.ts';
import type { Type } from '../../values/type.ts';
import { apply, stamp } from './_schema.ts';
import type { Task } from './_task.ts';

/** `mod_type(T, 'ren', from, to)` */
export function renInType(task: Task<Type>): void {
  const { q, target: type } = task;
  const from = task.member();
  task.takes(4);
  if (!type.has(from)) throw lookupErr(changeMsg.typeNoPropertyOrMethod(type.name, from));
  const name = task.str(4);
  if (from === name) return;
  const isMethod = type.methods.has(from);
  if (!isName(name)) throw valueErr(isMethod ? typeMsg.methodNaming() : typeMsg.propertyNaming(), 'overview/names');
  if (type.has(name)) throw valueErr(msg.exists(name, type.name), 'data-types/typed');
  const at = stamp(q);
  if (isMethod) apply(q, renMethod, { type: type.id, from, name, at });
  else if (type.idName === from) apply(q, setIdName, { type: type.id, name, at });
  else {
    const loose = looseInstances(q, type);
    apply(q, renField, { type: type.id, from, name, at });
    for (const thing of loose) renameValue(thing, type, name);
  }
}
