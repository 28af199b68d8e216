import { toProperty } from '../../collection/mutate.ts';
import { truthy } from '../../values/compare.ts';
import { emptyThing, setProperty } from '../../values/raw.ts';
import { builtin } from '../builtin.ts';
import { eachPropertyWith } from './_each.ts';

/** A new thing without a type, of the properties that a closure chooses. */
export default builtin({
  name: 'filter', on: 'thing', args: ['closure'], change: 'never',
  run: (q, self, closure) => {
    const out = emptyThing(self.shape.dict);
    eachPropertyWith(q, self, closure, (each, key, value) => {
      if (truthy(each.call2(key, value))) setProperty(out, key, toProperty(q, value));
    });
    return out;
  },
});
