import { toItem } from '../../collection/mutate.ts';
import { List, type Value } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { withEach } from './_each.ts';

export default builtin({
  name: 'map', on: 'list|tuple', args: ['closure'], change: 'never',
  run: (q, self, closure) => withEach(q, self, closure, each => {
    const { items } = self;
    const out: Value[] = [];
    for (let i = 0; i < items.length; i++) out.push(toItem(q, each.call2(items[i]!, i)));
    return new List(out);
  }),
});
