import { eachProperty } from '../../values/shape.ts';
import { List, type Value } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

/** The values themselves: a list among them is the property's own list, so changing it changes the thing. */
export default builtin({
  name: 'values', on: 'thing', args: [], change: 'never',
  run: (q, self) => {
    q.spend(self.count >> 2);
    const out: Value[] = [];
    eachProperty(self, (_key, value) => out.push(value));
    return new List(out);
  },
});
