import { typeErr } from '../../errors/query-error.ts';
import { types as msg } from '../../errors/messages/types.ts';
import { assertNotWrapOnly, instanceFrom, newInstance } from '../../evaluator/instance.ts';
import { Thing, typeName } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { typeNamed } from './_schema.ts';

/** An instance of a type, with the values of a thing or with defaults. */
export default builtin({
  name: 'new', args: ['str', 'lazy:any?'], change: 'never', scope: 'collection',
  run: (q, name, evaluate) => {
    const type = typeNamed(q, name);
    assertNotWrapOnly(type);
    if (evaluate === undefined) return newInstance(q, type);
    type.locks++;
    try {
      const source = evaluate();
      if (!(source instanceof Thing)) throw typeErr(msg.newFrom(typeName(source)), 'collection-api/new');
      return instanceFrom(q, type, source);
    } finally {
      type.locks--;
    }
  },
});
