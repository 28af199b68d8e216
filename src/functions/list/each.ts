import { builtin } from '../builtin.ts';
import { withEach } from './_each.ts';

export default builtin({
  name: 'each', on: 'list|tuple', args: ['closure'], change: 'never',
  run: (q, self, closure) => withEach(q, self, closure, each => {
    const { items } = self;
    for (let i = 0; i < items.length; i++) each.call2(items[i]!, i);
    return null;
  }),
});
