import { abs } from '../../values/int.ts';
import { Float, float } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

export default builtin({
  name: 'abs', args: ['int|float'], change: 'never',
  run: (_q, x) => (x instanceof Float ? float(Math.abs(x.value)) : abs(x)),
});
