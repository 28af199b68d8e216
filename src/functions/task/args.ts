import { List } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { assertPlanned } from './_task.ts';

/** Without the task itself. */
export default builtin({
  name: 'args', on: 'task', args: [], change: 'never',
  run: (_q, self) => {
    assertPlanned(self);
    return new List([...self.args], true);
  },
});
