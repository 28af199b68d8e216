import { defMember } from '../../collection/schema-events.ts';
import { lookupErr } from '../../errors/query-error.ts';
import { enums as msg } from '../../errors/messages/enums.ts';
import type { Enum } from '../../values/enum.ts';
import { apply, stamp } from './_schema.ts';
import type { Task } from './_task.ts';

/** `mod_enum(E, 'def', name)`: makes a member the default. */
export function setEnumDefault(task: Task<Enum>): void {
  const { q, target } = task;
  const name = task.member();
  task.takes(3);
  if (!target.byName.has(name)) throw lookupErr(msg.noMember(target.name, name));
  apply(q, defMember, { enum: target.id, name, at: stamp(q) });
}
