import { delEnumMethod, delMember } from '../../collection/schema-events.ts';
import { lookupErr, operationErr } from '../../errors/query-error.ts';
import { enums as msg } from '../../errors/messages/enums.ts';
import type { Enum } from '../../values/enum.ts';
import { apply, membersInUse, stamp } from './_schema.ts';
import type { Task } from './_task.ts';

/** `mod_enum(E, 'del', name)`: a member that nothing refers to, or a method. */
export function delFromEnum(task: Task<Enum>): void {
  const { q, target } = task;
  const name = task.member();
  task.takes(3);
  if (target.methods.has(name)) {
    apply(q, delEnumMethod, { enum: target.id, name, at: stamp(q) });
    return;
  }
  const member = target.byName.get(name);
  if (member === undefined) throw lookupErr(msg.noMemberOrMethod(target.name, name));
  if (target.members.length === 1) throw lookupErr(msg.lastMember(target.name, name));
  if (membersInUse(q, target).has(member)) throw operationErr(msg.memberInUse(target.name, name));
  apply(q, delMember, { enum: target.id, name, at: stamp(q) });
}
