import { maxQuotaErr } from '../../errors/query-error.ts';
import { types as msg } from '../../errors/messages/types.ts';
import { builtin } from '../builtin.ts';
import { newType } from '../../collection/schema-events.ts';
import { TYPES_MAX, apply, assertNotReserved, assertUnknown, assertValidName, stamp } from './_schema.ts';
import { flagsGiven } from './_type_flags.ts';

/** Makes a type without fields; two types that refer to each other are made this way first. */
export default builtin({
  name: 'new_type', args: ['str', 'lazy?', 'lazy:bool?'], change: 'collection', scope: 'collection', needsCommit: true,
  run: (q, name, flags, hideId) => {
    assertValidName('new_type', 1, 'type', name);
    assertNotReserved(name);
    assertUnknown(q, name);
    const collection = q.theCollection();
    if (collection.types.size >= TYPES_MAX) throw maxQuotaErr(msg.tooMany());
    const all = flagsGiven('new_type', 2, 0, flags, hideId);
    // The arguments may have made it meanwhile.
    assertUnknown(q, name);
    apply(q, newType, { type: collection.nextTypeId, name, flags: all, at: stamp(q) });
    return name;
  },
});
