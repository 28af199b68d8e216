import { toItem } from '../../collection/mutate.ts';
import { List, type Value } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { eachPropertyWith } from './_each.ts';

export default builtin({
  name: 'map', on: 'thing', args: ['closure'], change: 'never',
  run: (q, self, closure) => {
    const out: Value[] = [];
    eachPropertyWith(q, self, closure, (each, key, value) => out.push(toItem(q, each.call2(key, value))));
    return new List(out);
  },
});
