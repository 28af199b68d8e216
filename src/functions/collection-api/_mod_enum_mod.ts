import { setEnumMethod, setMember } from '../../collection/schema-events.ts';
import { lookupErr, typeErr } from '../../errors/query-error.ts';
import { enums as msg } from '../../errors/messages/enums.ts';
import { equals } from '../../values/compare.ts';
import type { Enum } from '../../values/enum.ts';
import { Closure } from '../../values/value.ts';
import { acceptMemberValue } from './_member.ts';
import { apply, stamp } from './_schema.ts';
import type { Task } from './_task.ts';

/** `mod_enum(E, 'mod', name, value)`: all that refers to the member sees its new value. */
export function modInEnum(task: Task<Enum>): void {
  const { q, target } = task;
  const name = task.member();
  task.takes(4);
  if (!target.has(name)) throw lookupErr(msg.noMemberOrMethod(target.name, name));
  const value = task.arg(4);
  const member = target.byName.get(name);
  if (member === undefined) {
    if (!(value instanceof Closure)) throw typeErr(msg.methodToMember(), task.docs);
    q.bind(value);
    apply(q, setEnumMethod, { enum: target.id, name, closure: value, at: stamp(q) });
    return;
  }
  if (value instanceof Closure) throw typeErr(msg.memberToMethod(), task.docs);
  if (equals(member.value, value)) return;
  acceptMemberValue(q, target, value);
  apply(q, setMember, { enum: target.id, name, value, at: stamp(q) });
}
