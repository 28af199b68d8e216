import { toItem } from '../../collection/mutate.ts';
import { List } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { withEach } from './_each.ts';

export default builtin({
  name: 'map', on: 'list|tuple', args: ['closure'], change: 'never',
  run: (q, self, closure) => withEach(q, self, closure, each => {
    const { items } = self;
    // A copy, to be overwritten: an array that grows by pushing is copied many times.
    const out = items.slice();
    for (let i = 0; i < out.length; i++) {
      const value = each.call2(items[i]!, i);
      out[i] = typeof value === 'object' && value !== null ? toItem(q, value) : value;
    }
    return new List(out);
  }),
});
