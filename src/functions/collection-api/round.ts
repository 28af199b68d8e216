import { roundDigits, roundHalfAway } from '../../values/float.ts';
import { fromDouble } from '../../values/int.ts';
import { Float, float } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

/** Halves away from zero. An int stays an int: itself, unless digits before the dot are rounded. */
export default builtin({
  name: 'round', args: ['int|float', 'int?'], change: 'never',
  run: (_q, x, digits = 0) => {
    if (x instanceof Float) return float(digits === 0 ? roundHalfAway(x.value) : roundDigits(x.value, Number(digits)));
    return digits >= 0 ? x : fromDouble(roundDigits(Number(x), Number(digits)));
  },
});
