import { equals, truthy } from '../../values/compare.ts';
import { Closure } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { withEach } from './_each.ts';

/** How many items equal a value; a closure is always called, never compared. */
export default builtin({
  name: 'count', on: 'list|tuple', args: ['any'], change: 'never',
  run: (q, self, what) => {
    const { items } = self;
    let n = 0;
    if (what instanceof Closure) {
      withEach(q, self, what, each => {
        for (let i = 0; i < items.length; i++) if (truthy(each.call2(items[i]!, i))) n++;
      });
      return n;
    }
    q.spend(items.length >> 4);
    for (let i = 0; i < items.length; i++) if (equals(items[i]!, what)) n++;
    return n;
  },
});
