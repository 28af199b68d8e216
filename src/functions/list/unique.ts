import { List, type Value } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { Seen } from './_seen.ts';

/** The first of equal items is kept. */
export default builtin({
  name: 'unique', on: 'list|tuple', args: [], change: 'never',
  run: (q, self) => {
    const seen = new Seen(q);
    const out: Value[] = [];
    for (const item of self.items) if (seen.add(item)) out.push(item);
    return new List(out);
  },
});
