import { operationErr } from '../../errors/query-error.ts';
import { enums as enumMsg } from '../../errors/messages/enums.ts';
import { types as msg } from '../../errors/messages/types.ts';
import { delEnum } from '../../collection/schema-events.ts';
import { builtin } from '../builtin.ts';
import { apply, assertEnumUnlocked, enumNamed, isNamedByTypes, membersInUse } from './_schema.ts';

/** Only an enumerator that no definition names and of which no member is referred to. It needs no commit. */
export default builtin({
  name: 'del_enum', args: ['str'], change: 'collection', scope: 'collection',
  run: (q, name) => {
    const found = enumNamed(q, name);
    assertEnumUnlocked(found);
    if (isNamedByTypes(q, found)) throw operationErr(msg.enumUsed(name));
    const used = membersInUse(q, found);
    const first = found.members.find(member => used.has(member));
    if (first !== undefined) throw operationErr(enumMsg.memberInUse(name, first.name), 'collection-api/del_enum');
    apply(q, delEnum, { enum: found.id });
    return null;
  },
});
