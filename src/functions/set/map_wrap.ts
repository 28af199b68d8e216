import { builtin } from '../builtin.ts';
import { wrapAll } from '../list/_map_wrap.ts';

/** Wraps each thing of a set. */
export default builtin({
  name: 'map_wrap', on: 'set', args: ['str|anonymous?'], change: 'never', run: (q, self, given) => wrapAll(q, self.things, given, 'set'),
});
