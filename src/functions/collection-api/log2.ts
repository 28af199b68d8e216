import { builtin } from '../builtin.ts';
import { mathOf } from './_math.ts';

export default builtin({
  name: 'log2', args: ['int|float'], change: 'never',
  run: (_q, x) => mathOf(x, Math.log2, (v) => v <= 0),
});
