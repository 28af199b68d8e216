import { typeErr } from '../../errors/query-error.ts';
import { operators as msg } from '../../errors/messages/operators.ts';
import { asThing } from '../../collection/mutate.ts';
import { List, Thing, ThingSet, typeName } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

/** A set is given back as it is. */
export default builtin({
  name: 'set', args: ['...lazy'], change: 'never',
  run: (q, ...lazies) => {
    if (lazies.length !== 1) return new ThingSet(new Set(lazies.map(lazy => asThing(lazy()))));
    const value = lazies[0]!();
    if (value instanceof ThingSet) return value;
    if (value instanceof Thing) return new ThingSet(new Set([value]));
    if (!(value instanceof List)) throw typeErr(msg.convert(typeName(value), 'set'));
    q.spend(value.items.length >> 4);
    return new ThingSet(new Set(value.items.map(asThing)));
  },
});
