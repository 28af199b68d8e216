import { builtin } from '../builtin.ts';
import { assertPlanned } from './_task.ts';

export default builtin({
  name: 'owner', on: 'task', args: [], change: 'never',
  run: (q, self) => {
    assertPlanned(self);
    return q.system.usersById.get(self.owner)?.name ?? null;
  },
});
