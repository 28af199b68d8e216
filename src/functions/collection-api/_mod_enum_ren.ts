import { renEnumMethod, renMember } from '../../collection/schema-events.ts';
import { lookupErr, valueErr } from '../../errors/query-error.ts';
import { enums as msg } from '../../errors/messages/enums.ts';
import { types as typeMsg } from '../../errors/messages/types.ts';
import { isName } from '../../values/shape.ts';
import type { Enum } from '../../values/enum.ts';
import { apply, stamp } from './_schema.ts';
import type { Task } from './_task.ts';

/** `mod_enum(E, 'ren', from, to)` */
export function renInEnum(task: Task<Enum>): void {
  const { q, target } = task;
  const from = task.member();
  task.takes(4);
  if (!target.has(from)) throw lookupErr(msg.noMemberOrMethod(target.name, from));
  const name = task.str(4);
  if (from === name) return;
  const isMethod = target.methods.has(from);
  if (!isName(name)) throw valueErr(isMethod ? typeMsg.methodNaming() : msg.memberNaming(), 'overview/names');
  if (target.has(name)) throw valueErr(msg.memberExists(target.name, name), 'data-types/typed');
  apply(q, isMethod ? renEnumMethod : renMember, { enum: target.id, from, name, at: stamp(q) });
}
