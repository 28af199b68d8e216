import { float } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

export default builtin({ name: 'now', args: [], change: 'never', run: (q) => float(q.host.now()) });
