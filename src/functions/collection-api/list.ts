import { typeErr } from '../../errors/query-error.ts';
import { operators as msg } from '../../errors/messages/operators.ts';
import { heldBy } from '../../evaluator/held.ts';
import { List, ThingSet, typeName } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

/** A list or tuple is given back as it is; one of a thing that nobody sees any more is free. */
export default builtin({
  name: 'list', args: ['any?'], change: 'never',
  run: (q, value) => {
    if (value === undefined) return new List([]);
    if (value instanceof List) {
      const { owner } = value;
      return owner === null || owner.id !== 0 || heldBy(q).has(owner) ? value : new List(value.items);
    }
    if (value instanceof ThingSet) return new List([...value.things]);
    throw typeErr(msg.convert(typeName(value), 'list'));
  },
});
