import { setTaskResult } from '../../collection/task-events.ts';
import { ERR, defaultMessage } from '../../errors/codes.ts';
import { ErrorValue } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { assertUnlocked, change } from './_task.ts';

/** It stays, with an error; one that is not going to run stays as it is. */
export default builtin({
  name: 'cancel', on: 'task', args: [], change: 'both',
  run: (q, self) => {
    assertUnlocked(self);
    if (self.runAt === 0) return null;
    change(q, setTaskResult, { id: self.id, at: 0, result: new ErrorValue(ERR.cancelled, defaultMessage(ERR.cancelled)) });
    return null;
  },
});
