import { toThing } from '../../collection/schema-events.ts';
import { operationErr } from '../../errors/query-error.ts';
import { restrictions as msg, types as typeMsg } from '../../errors/messages/types.ts';
import { becomePlain, plainShape } from '../../values/type.ts';
import { apply, isNamedByTypes } from '../collection-api/_schema.ts';
import { builtin } from '../builtin.ts';

/** Makes an instance a plain thing, where no definition may rely on its type. */
export default builtin({
  name: 'to_thing', on: 'thing', args: [], change: 'collection', freeUnderNse: true, mutates: true, typedOnly: true,
  run: (q, self) => {
    const type = self.type!;
    if (type.locks > 0) throw operationErr(typeMsg.locked(type.name));
    if (isNamedByTypes(q, type)) throw operationErr(msg.toThingUsed(type.name));
    if (self.id === 0) becomePlain(self, plainShape(self.shape));
    else apply(q, toThing, { thing: self });
    return null;
  },
});
