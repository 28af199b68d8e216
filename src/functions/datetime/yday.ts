import { yday } from '../../values/datetime.ts';
import { builtin } from '../builtin.ts';

/** Day of the year, from 0. */
export default builtin({ name: 'yday', on: 'datetime|timeval', args: [], change: 'never', run: (_q, self) => yday(self) });
