import { sin } from '../../values/precise.ts';
import { builtin } from '../builtin.ts';
import { mathOf } from './_math.ts';

export default builtin({
  name: 'sin', args: ['int|float'], change: 'never',
  run: (_q, x) => mathOf(x, sin, (v) => v === Infinity || v === -Infinity),
});
