import { builtin } from '../builtin.ts';
import { indexOf } from './_find.ts';

export default builtin({
  name: 'index_of', on: 'list|tuple', args: ['any'], change: 'never',
  run: (q, self, value) => {
    const i = indexOf(q, self, value);
    return i >= 0 ? i : null;
  },
});
