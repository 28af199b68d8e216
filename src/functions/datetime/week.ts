import { week } from '../../values/datetime.ts';
import { builtin } from '../builtin.ts';

/** Week of the year; 0 before the first Sunday. */
export default builtin({ name: 'week', on: 'datetime|timeval', args: [], change: 'never', run: (_q, self) => week(self) });
