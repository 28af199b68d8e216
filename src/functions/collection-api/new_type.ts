import { maxQuotaErr, typeErr } from '../../errors/query-error.ts';
import { call as callMsg } from '../../errors/messages/call.ts';
import { types as msg } from '../../errors/messages/types.ts';
import { builtin } from '../builtin.ts';
import { newType } from '../../collection/schema-events.ts';
import { TYPES_MAX, apply, assertNotReserved, assertUnknown, assertValidName, stamp } from './_schema.ts';
import { flagsOf } from './_type_flags.ts';

/** Makes a type without fields; two types that refer to each other are made this way first. */
export default builtin({
  name: 'new_type', args: ['str', 'bool|int?', 'bool?'], change: 'collection', scope: 'collection', needsCommit: true,
  run: (q, name, flags, hideId) => {
    if (hideId !== undefined && typeof flags !== 'boolean') throw typeErr(callMsg.argType('new_type', 2, '`bool`', 'int'), 'collection-api/new_type');
    assertValidName('new_type', 1, 'type', name);
    assertNotReserved(name);
    assertUnknown(q, name);
    const collection = q.theCollection();
    if (collection.types.size >= TYPES_MAX) throw maxQuotaErr(msg.tooMany(TYPES_MAX));
    apply(q, newType, { type: collection.nextTypeId, name, flags: flagsOf(0, flags, hideId), at: stamp(q) });
    return name;
  },
});
