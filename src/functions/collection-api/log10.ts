import { builtin } from '../builtin.ts';
import { mathOf } from './_math.ts';

export default builtin({
  name: 'log10', args: ['int|float'], change: 'never',
  run: (_q, x) => mathOf(x, Math.log10, (v) => v <= 0),
});
