import { builtin } from '../builtin.ts';
import { indexWhere } from './_find.ts';

export default builtin({
  name: 'some', on: 'list|tuple', args: ['closure'], change: 'never',
  run: (q, self, closure) => indexWhere(q, self, closure) >= 0,
});
