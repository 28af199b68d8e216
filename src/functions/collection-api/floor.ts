import { fromDouble } from '../../values/int.ts';
import { Float } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

export default builtin({
  name: 'floor', args: ['int|float'], change: 'never',
  run: (_q, x) => (x instanceof Float ? fromDouble(Math.floor(x.value)) : x),
});
