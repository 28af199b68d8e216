import { builtin } from '../builtin.ts';
import { Seen } from './_seen.ts';

export default builtin({
  name: 'is_unique', on: 'list|tuple', args: [], change: 'never',
  run: (q, self) => {
    const seen = new Seen(q);
    for (const item of self.items) if (!seen.add(item)) return false;
    return true;
  },
});
