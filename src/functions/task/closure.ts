import { builtin } from '../builtin.ts';
import { assertPlanned } from './_task.ts';

export default builtin({
  name: 'closure', on: 'task', args: [], change: 'never',
  run: (_q, self) => {
    assertPlanned(self);
    return self.closure;
  },
});
