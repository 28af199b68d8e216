import { eachProperty } from '../../values/shape.ts';
import { List, type Value } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

export default builtin({
  name: 'keys', on: 'thing', args: [], change: 'never',
  run: (q, self) => {
    q.spend(self.count >> 2);
    const out: Value[] = [];
    eachProperty(self, key => out.push(key));
    return new List(out);
  },
});
