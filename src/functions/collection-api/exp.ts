import { exp } from '../../values/precise.ts';
import { float } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { doubleOf } from './_math.ts';

export default builtin({ name: 'exp', args: ['int|float'], change: 'never', run: (_q, x) => float(exp(doubleOf(x))) });
