import { numeric } from '../../values/compare.ts';
import { builtin } from '../builtin.ts';

/** True for all that is no number, too. */
export default builtin({ name: 'is_nan', args: ['any'], change: 'never', run: (_q, x) => Number.isNaN(Number(numeric(x) ?? NaN)) });
