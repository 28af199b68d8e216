import { typeErr } from '../../errors/query-error.ts';
import { types as msg } from '../../errors/messages/types.ts';
import { assertNotWrapOnly } from '../../evaluator/instance.ts';
import { typed } from '../../evaluator/schema.ts';
import { List, Thing, isInt, typeName } from '../../values/value.ts';
import { typeNamed } from '../collection-api/_schema.ts';
import { builtin } from '../builtin.ts';

/** Instances of a type: things are copied into it, ids found. */
export default builtin({
  name: 'map_type', on: 'list|tuple', args: ['str'], change: 'never',
  run: (q, self, name) => {
    const type = typeNamed(q, name);
    assertNotWrapOnly(type);
    return new List(self.items.map(item => {
      if (!(item instanceof Thing) && !isInt(item)) throw typeErr(msg.mapConvert(typeName(item), type.name));
      return typed(q, type, item);
    }));
  },
});
