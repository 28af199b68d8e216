import { weekday } from '../../values/datetime.ts';
import { builtin } from '../builtin.ts';

/** Sunday is 0. */
export default builtin({ name: 'weekday', on: 'datetime|timeval', args: [], change: 'never', run: (_q, self) => weekday(self) });
