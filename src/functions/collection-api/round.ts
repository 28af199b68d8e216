import { overflowErr } from '../../errors/query-error.ts';
import { numbers as msg } from '../../errors/messages/numbers.ts';
import { roundDigits, roundHalfAway } from '../../values/float.ts';
import { fromDouble } from '../../values/int.ts';
import { Float, float } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

/** Digits of an int beyond which ThingsDB's own tests expect an overflow. */
const DIGITS_MAX = 2 ** 31;

/** Halves away from zero. An int stays an int: itself, unless digits before the dot are rounded. */
export default builtin({
  name: 'round', args: ['int|float', 'int?'], change: 'never',
  run: (_q, x, digits = 0) => {
    if (x instanceof Float) return float(digits === 0 ? roundHalfAway(x.value) : roundDigits(x.value, Number(digits)));
    if (digits >= DIGITS_MAX) throw overflowErr(msg.overflow());
    return digits >= 0 ? x : fromDouble(roundDigits(Number(x), Number(digits)));
  },
});
