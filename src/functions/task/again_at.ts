import { planTask } from '../../collection/task-events.ts';
import { call } from '../../errors/messages/call.ts';
import { tasks as msg } from '../../errors/messages/futures.ts';
import { numArgumentsErr, typeErr, valueErr } from '../../errors/query-error.ts';
import { DateTime, typeName } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { change, ownRun, startTime } from './_task.ts';

const DOCS = 'data-types/task/again_at';

/** Only within the task's own run, which is checked before the arguments. */
export default builtin({
  name: 'again_at', on: 'task', args: ['...lazy'], change: 'both',
  run: (q, self, ...given) => {
    const run = ownRun(q, self);
    if (given.length !== 1) throw numArgumentsErr(call.takes('again_at', 1, given.length), DOCS);
    const when = given[0]!();
    if (!(when instanceof DateTime)) throw typeErr(call.argType('again_at', 1, '`datetime` or `timeval`', typeName(when)), DOCS);
    const at = startTime(when, DOCS);
    if (at < Math.floor(q.host.now())) throw valueErr(msg.startRange(), DOCS);
    change(q, planTask, { id: self.id, at });
    run.again = true;
    return null;
  },
});
