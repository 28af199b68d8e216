import { toItem } from '../../collection/mutate.ts';
import { List, type Value } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

export default builtin({
  name: 'map', on: 'list|tuple', args: ['closure'], change: 'never',
  run: (q, self, closure) => {
    const out: Value[] = [];
    const each = q.callback(closure);
    self.locks++;
    try {
      for (let i = 0; i < self.items.length; i++) out.push(toItem(q, each.call2(self.items[i]!, i)));
    } finally {
      self.locks--;
      each.end();
    }
    return new List(out);
  },
});
