import { format } from '../../values/datetime.ts';
import { builtin } from '../builtin.ts';

export default builtin({
  name: 'format', on: 'datetime|timeval', args: ['str'], change: 'never',
  run: (_q, self, pattern) => format(self, pattern),
});
