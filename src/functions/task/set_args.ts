import { setTaskArgs } from '../../collection/task-events.ts';
import { builtin } from '../builtin.ts';
import { change, locked, requireAllRights, taskArgs } from './_task.ts';

export default builtin({
  name: 'set_args', on: 'task', args: ['lazy:list|tuple'], change: 'both',
  run: (q, self, list) => {
    requireAllRights(q);
    const args = taskArgs(q, self.closure!, locked(self, list));
    change(q, setTaskArgs, { id: self.id, args });
    return null;
  },
});
