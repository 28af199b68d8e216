import { builtin } from '../builtin.ts';
import { withEach } from './_each.ts';

export default builtin({
  name: 'every', on: 'list|tuple', args: ['closure'], change: 'never',
  run: (q, self, closure) => withEach(q, self, closure, each => each.first(self.items, false) < 0),
});
