import { builtin } from '../builtin.ts';
import { mathOf } from './_math.ts';

export default builtin({
  name: 'loge', args: ['int|float'], change: 'never',
  run: (_q, x) => mathOf(x, Math.log, (v) => v <= 0),
});
