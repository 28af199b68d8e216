import { toProperty } from '../../collection/mutate.ts';
import { emptyThing, setProperty } from '../../values/raw.ts';
import { builtin } from '../builtin.ts';
import { eachPropertyWith } from './_each.ts';

/** A new thing without a type: the same keys, and for each value what a closure makes of it. */
export default builtin({
  name: 'vmap', on: 'thing', args: ['closure'], change: 'never',
  run: (q, self, closure) => {
    const out = emptyThing(self.shape.dict);
    eachPropertyWith(q, self, closure, (each, key, value) => {
      setProperty(out, key, toProperty(q, each.call1(value)));
    });
    return out;
  },
});
