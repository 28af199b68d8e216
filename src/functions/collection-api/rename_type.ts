import { renameType } from '../../collection/schema-events.ts';
import { builtin } from '../builtin.ts';
import { apply, assertNotReserved, assertUnknown, assertValidName, typeNamed } from './_schema.ts';

/** Definitions that name the type follow; texts of closures do not. */
export default builtin({
  name: 'rename_type', args: ['str', 'str'], change: 'collection', scope: 'collection', needsCommit: true,
  run: (q, from, to) => {
    const type = typeNamed(q, from);
    assertValidName('rename_type', 2, 'type', to);
    assertNotReserved(to);
    assertUnknown(q, to);
    apply(q, renameType, { type: type.id, name: to });
    return null;
  },
});
