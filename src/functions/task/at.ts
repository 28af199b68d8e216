import { fromInt } from '../../values/datetime.ts';
import { builtin } from '../builtin.ts';

/** When it runs next; nil when it does not. */
export default builtin({
  name: 'at', on: 'task', args: [], change: 'never', run: (q, self) => (self.runAt === 0 ? null : fromInt(self.runAt, q.zone(), false)),
});
