import { truthy } from '../../values/compare.ts';
import { builtin } from '../builtin.ts';
import { idOf, withEach } from '../list/_each.ts';

export default builtin({
  name: 'every', on: 'set', args: ['closure'], change: 'never',
  run: (q, self, closure) => withEach(q, self, closure, each => {
    for (const thing of self.things) if (!truthy(each.call2(thing, idOf(thing)))) return false;
    return true;
  }),
});
