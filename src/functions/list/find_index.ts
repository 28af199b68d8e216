import { builtin } from '../builtin.ts';
import { indexWhere } from './_find.ts';

export default builtin({
  name: 'find_index', on: 'list|tuple', args: ['closure'], change: 'never',
  run: (q, self, closure) => {
    const i = indexWhere(q, self, closure);
    return i >= 0 ? i : null;
  },
});
