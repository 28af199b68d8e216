import { builtin } from '../builtin.ts';
import { indexOf } from './_find.ts';

export default builtin({
  name: 'has', on: 'list|tuple', args: ['any'], change: 'never',
  run: (q, self, value) => indexOf(q, self, value) >= 0,
});
