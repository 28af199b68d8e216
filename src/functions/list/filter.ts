import { toItem } from '../../collection/mutate.ts';
import { truthy } from '../../values/compare.ts';
import { List, type Value } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { withEach } from './_each.ts';

export default builtin({
  name: 'filter', on: 'list|tuple', args: ['closure'], change: 'never',
  run: (q, self, closure) => withEach(q, self, closure, each => {
    const { items } = self;
    const out: Value[] = [];
    for (let i = 0; i < items.length; i++) {
      const item = items[i]!;
      if (truthy(each.call2(item, i))) out.push(toItem(q, item));
    }
    return new List(out);
  }),
});
