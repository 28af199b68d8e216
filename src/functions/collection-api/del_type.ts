import { operationErr } from '../../errors/query-error.ts';
import { types as msg } from '../../errors/messages/types.ts';
import { delType } from '../../collection/schema-events.ts';
import { looseInstances } from '../../evaluator/held.ts';
import { becomePlain, plainShape } from '../../values/type.ts';
import { builtin } from '../builtin.ts';
import { apply, assertChangeable, isNamedByTypes, typeNamed } from './_schema.ts';

/** Its instances become plain things. */
export default builtin({
  name: 'del_type', args: ['str'], change: 'collection', scope: 'collection', needsCommit: true,
  run: (q, name) => {
    const type = typeNamed(q, name);
    assertChangeable(q, type);
    if (isNamedByTypes(q, type, type)) throw operationErr(msg.usedByType(name));
    const shape = plainShape(type.shape);
    const loose = looseInstances(q, type);
    apply(q, delType, { type: type.id });
    for (const thing of loose) becomePlain(thing, shape);
    return null;
  },
});
