import { cos } from '../../values/precise.ts';
import { builtin } from '../builtin.ts';
import { mathOf } from './_math.ts';

export default builtin({
  name: 'cos', args: ['int|float'], change: 'never',
  run: (_q, x) => mathOf(x, cos, (v) => v === Infinity || v === -Infinity),
});
