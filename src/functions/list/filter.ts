import { List, type Value } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { withEach } from './_each.ts';

export default builtin({
  name: 'filter', on: 'list|tuple', args: ['closure'], change: 'never',
  run: (q, self, closure) => withEach(q, self, closure, each => {
    const out: Value[] = [];
    each.chosen(self.items, out);
    return new List(out);
  }),
});
