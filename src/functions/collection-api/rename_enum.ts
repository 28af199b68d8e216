import { renameEnum } from '../../collection/schema-events.ts';
import { builtin } from '../builtin.ts';
import { apply, assertNotReserved, assertUnknown, assertValidName, enumNamed } from './_schema.ts';

/** Definitions that name the enumerator follow; texts of closures do not. */
export default builtin({
  name: 'rename_enum', args: ['str', 'str'], change: 'collection', scope: 'collection', needsCommit: true,
  run: (q, from, to) => {
    const found = enumNamed(q, from);
    assertValidName('rename_enum', 2, 'enum', to);
    assertNotReserved(to);
    assertUnknown(q, to);
    apply(q, renameEnum, { enum: found.id, name: to });
    return null;
  },
});
