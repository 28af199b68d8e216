import { toItem } from '../../collection/mutate.ts';
import { List, type Value } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { idOf } from '../list/_each.ts';
import { withThings } from './_each.ts';

export default builtin({
  name: 'map', on: 'set', args: ['closure'], change: 'never',
  run: (q, self, closure) => withThings(q, self, closure, (each, things) => {
    const out: Value[] = [];
    for (const thing of things) out.push(toItem(q, each.call2(thing, idOf(thing))));
    return new List(out);
  }),
});
