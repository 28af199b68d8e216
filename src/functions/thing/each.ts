import { builtin } from '../builtin.ts';
import { eachPropertyWith } from './_each.ts';

export default builtin({
  name: 'each', on: 'thing', args: ['closure'], change: 'never',
  run: (q, self, closure) => {
    eachPropertyWith(q, self, closure, (each, key, value) => each.call2(key, value));
    return null;
  },
});
