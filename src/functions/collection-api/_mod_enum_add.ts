import { addMember, setEnumMethod } from '../../collection/schema-events.ts';
import { valueErr } from '../../errors/query-error.ts';
import { enums as msg } from '../../errors/messages/enums.ts';
import type { Enum } from '../../values/enum.ts';
import { Closure } from '../../values/value.ts';
import { acceptMemberValue, assertRoom } from './_member.ts';
import { apply, stamp } from './_schema.ts';
import type { Task } from './_task.ts';

/** `mod_enum(E, 'add', name, value)`: a member, or with a closure a method. */
export function addToEnum(task: Task<Enum>): void {
  const { q, target } = task;
  const name = task.member();
  task.takes(4);
  if (target.has(name)) throw valueErr(msg.memberExists(target.name, name), 'data-types/typed');
  const value = task.arg(4);
  if (value instanceof Closure) {
    q.bind(value);
    apply(q, setEnumMethod, { enum: target.id, name, closure: value, at: stamp(q) });
    return;
  }
  assertRoom(target);
  acceptMemberValue(q, target, value);
  apply(q, addMember, { enum: target.id, name, value, at: stamp(q) });
}
