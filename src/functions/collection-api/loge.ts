import { log } from '../../values/precise.ts';
import { builtin } from '../builtin.ts';
import { mathOf } from './_math.ts';

export default builtin({
  name: 'loge', args: ['int|float'], change: 'never',
  run: (_q, x) => mathOf(x, log, (v) => v <= 0),
});
