import { float } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

/** 0 <= x < 1 */
export default builtin({ name: 'rand', args: [], change: 'never', run: q => float(q.host.random()) });
