import { setTaskArgs, setTaskClosure } from '../../collection/task-events.ts';
import { builtin } from '../builtin.ts';
import { argCount, change, locked, requireAllRights } from './_task.ts';

/** Arguments that the new closure does not take are dropped, those that it takes more are nil. */
export default builtin({
  name: 'set_closure', on: 'task', args: ['lazy:closure'], change: 'both',
  run: (q, self, given) => {
    requireAllRights(q);
    const closure = locked(self, given);
    const takes = argCount(q, closure);
    q.bind(closure);
    change(q, setTaskClosure, { id: self.id, closure });
    if (takes !== self.args.length) {
      change(q, setTaskArgs, { id: self.id, args: Array.from({ length: takes }, (_, i) => self.args[i] ?? null) });
    }
    return null;
  },
});
