import { maxQuotaErr, typeErr } from '../../errors/query-error.ts';
import { call as callMsg } from '../../errors/messages/call.ts';
import { types as msg } from '../../errors/messages/types.ts';
import { builtin } from '../builtin.ts';
import { newType } from '../../collection/schema-events.ts';
import { TYPES_MAX, apply, assertNotReserved, assertUnknown, assertValidName, stamp } from './_schema.ts';
import { flagsOf } from './_type_flags.ts';

/** Makes a type without fields; two types that refer to each other are made this way first. */
export default builtin({
  name: 'new_type', args: ['str', 'lazy:bool|int?', 'lazy:bool?'], change: 'collection', scope: 'collection', needsCommit: true,
  run: (q, name, flags, hideId) => {
    assertValidName('new_type', 1, 'type', name);
    assertNotReserved(name);
    assertUnknown(q, name);
    const collection = q.theCollection();
    if (collection.types.size >= TYPES_MAX) throw maxQuotaErr(msg.tooMany());
    const given = flags?.();
    if (hideId !== undefined && typeof given !== 'boolean') throw typeErr(callMsg.argType('new_type', 2, '`bool`', 'int'), 'collection-api/new_type');
    const all = flagsOf(0, given, hideId?.());
    // The arguments may have made it meanwhile.
    assertUnknown(q, name);
    apply(q, newType, { type: collection.nextTypeId, name, flags: all, at: stamp(q) });
    return name;
  },
});
