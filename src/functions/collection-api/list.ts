import { typeErr } from '../../errors/query-error.ts';
import { operators as msg } from '../../errors/messages/operators.ts';
import { List, ThingSet, typeName } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

/** A list or tuple is given back as it is. */
export default builtin({
  name: 'list', args: ['any?'], change: 'never',
  run: (_q, value) => {
    if (value === undefined) return new List([]);
    if (value instanceof List) return value;
    if (value instanceof ThingSet) return new List([...value.things]);
    throw typeErr(msg.convert(typeName(value), 'list'));
  },
});
