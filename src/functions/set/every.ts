import { truthy } from '../../values/compare.ts';
import { builtin } from '../builtin.ts';
import { idOf } from '../list/_each.ts';
import { withThings } from './_each.ts';

export default builtin({
  name: 'every', on: 'set', args: ['closure'], change: 'never',
  run: (q, self, closure) => withThings(q, self, closure, (each, things) => {
    for (const thing of things) if (!truthy(each.call2(thing, idOf(thing)))) return false;
    return true;
  }),
});
