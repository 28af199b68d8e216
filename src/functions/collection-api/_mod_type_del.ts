import { delField, delMethod, setIdName } from '../../collection/schema-events.ts';
import { removeValue } from '../../collection/schema-ops.ts';
import { lookupErr, typeErr } from '../../errors/query-error.ts';
import { change as changeMsg } from '../../errors/messages/change.ts';
import { mod as msg } from '../../errors/messages/types.ts';
import { looseInstances } from '../../evaluator/held.ts';
import type { Type } from '../../values/type.ts';
import { apply, stamp } from './_schema.ts';
import type { Task } from './_task.ts';

/** `mod_type(T, 'del', name)`: a field, a method or the name of the id. */
export function delFromType(task: Task<Type>): void {
  const { q, target: type } = task;
  const name = task.member();
  task.takes(3);
  const at = stamp(q);
  const field = type.field(name);
  if (field !== null) {
    if (field.relation !== null) throw typeErr(msg.delRelation(type.name, name));
    const loose = looseInstances(q, type);
    const position = type.shape.find(name);
    apply(q, delField, { type: type.id, name, at });
    for (const thing of loose) removeValue(thing, type, position);
  } else if (type.methods.has(name)) apply(q, delMethod, { type: type.id, name, at });
  else if (type.idName === name) apply(q, setIdName, { type: type.id, name: null, at });
  else throw lookupErr(changeMsg.typeNoPropertyOrMethod(type.name, name));
}
