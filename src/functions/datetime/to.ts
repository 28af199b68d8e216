import { to } from '../../values/datetime.ts';
import { builtin } from '../builtin.ts';

export default builtin({ name: 'to', on: 'datetime|timeval', args: ['str'], change: 'never', run: (_q, self, zone) => to(self, zone) });
