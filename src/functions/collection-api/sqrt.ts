import { builtin } from '../builtin.ts';
import { mathOf } from './_math.ts';

export default builtin({
  name: 'sqrt', args: ['int|float'], change: 'never',
  run: (_q, x) => mathOf(x, Math.sqrt, (v) => v < 0),
});
