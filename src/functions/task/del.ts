import { delTask } from '../../collection/task-events.ts';
import { builtin } from '../builtin.ts';
import { assertUnlocked, change } from './_task.ts';

/** What refers to it is `task:nil` from now on. */
export default builtin({
  name: 'del', on: 'task', args: [], change: 'both', freeUnderNse: true,
  run: (q, self) => {
    assertUnlocked(self);
    if (self.id !== 0) change(q, delTask, { id: self.id });
    return null;
  },
});
