import { pow } from '../../values/precise.ts';
import { float } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { doubleOf } from './_math.ts';

/** Always a float. */
export default builtin({
  name: 'pow', args: ['int|float', 'int|float'], change: 'never',
  run: (_q, x, y) => float(pow(doubleOf(x), doubleOf(y))),
});
