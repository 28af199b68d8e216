import { wrapAll } from './_map_wrap.ts';
import { builtin } from '../builtin.ts';

/** Wraps each thing of a list. */
export default builtin({
  name: 'map_wrap', on: 'list|tuple', args: ['str|anonymous?'], change: 'never', run: (q, self, given) => wrapAll(q, self.items, given, 'list'),
});
