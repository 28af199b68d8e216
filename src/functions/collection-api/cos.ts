import { builtin } from '../builtin.ts';
import { mathOf } from './_math.ts';

export default builtin({
  name: 'cos', args: ['int|float'], change: 'never',
  run: (_q, x) => mathOf(x, Math.cos, (v) => v === Infinity || v === -Infinity),
});
