import { maxQuotaErr, valueErr } from '../../errors/query-error.ts';
import { enums as msg } from '../../errors/messages/enums.ts';
import { addMember, delEnum, newEnum, setEnumMethod } from '../../collection/schema-events.ts';
import { LANGUAGE } from '../../evaluator/limits.ts';
import type { Query } from '../../evaluator/query.ts';
import type { Enum } from '../../values/enum.ts';
import { eachProperty, isName } from '../../values/shape.ts';
import { Closure, type Thing } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { acceptMemberValue, assertRoom } from './_member.ts';
import { apply, assertNotReserved, assertUnknown, assertValidName, stamp } from './_schema.ts';

/** Makes an enumerator. It exists, without members and in use, while its members are evaluated. */
export default builtin({
  name: 'set_enum', args: ['str', 'lazy:thing'], change: 'collection', scope: 'collection', needsCommit: true,
  run: (q, name, members) => {
    assertValidName('set_enum', 1, 'enum', name);
    assertNotReserved(name);
    assertUnknown(q, name);
    const { enums, enumsById } = q.theCollection();
    if (enums.size >= LANGUAGE.enums) throw maxQuotaErr(msg.tooMany());
    let id = 0;
    while (enumsById.has(id)) id++;
    apply(q, newEnum, { enum: id, name, at: stamp(q) });
    const made = enums.get(name)!;
    try {
      made.locks++;
      let given: Thing;
      try {
        given = members();
      } finally {
        made.locks--;
      }
      fill(q, made, given);
    } catch (e) {
      apply(q, delEnum, { enum: id });
      throw e;
    }
    return null;
  },
});

function fill(q: Query, made: Enum, members: Thing): void {
  if (members.count === 0) throw valueErr(msg.empty());
  eachProperty(members, (key, value) => {
    if (!isName(key)) throw valueErr(msg.keysNaming(), 'overview/names');
    if (value instanceof Closure) {
      q.bind(value);
      apply(q, setEnumMethod, { enum: made.id, name: key, closure: value, at: 0 });
      return;
    }
    assertRoom(made);
    acceptMemberValue(q, made, value);
    apply(q, addMember, { enum: made.id, name: key, value, at: 0 });
  });
}
