import { isTimeZone } from '../../values/time-zones.ts';
import { builtin } from '../builtin.ts';

export default builtin({
  name: 'is_time_zone', args: ['any'], change: 'never',
  run: (_q, x) => typeof x === 'string' && isTimeZone(x),
});
