import { List } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { withEach } from './_each.ts';

export default builtin({
  name: 'map', on: 'list|tuple', args: ['closure'], change: 'never',
  run: (q, self, closure) => withEach(q, self, closure, each => {
    // A copy, to be overwritten: an array that grows by pushing is copied many times.
    const out = self.items.slice();
    each.items(self.items, out);
    return new List(out);
  }),
});
