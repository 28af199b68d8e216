import { tan } from '../../values/precise.ts';
import { builtin } from '../builtin.ts';
import { mathOf } from './_math.ts';

export default builtin({
  name: 'tan', args: ['int|float'], change: 'never',
  run: (_q, x) => mathOf(x, tan, (v) => v === Infinity || v === -Infinity),
});
