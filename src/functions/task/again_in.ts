import { planTask } from '../../collection/task-events.ts';
import { call } from '../../errors/messages/call.ts';
import { tasks as msg } from '../../errors/messages/futures.ts';
import { numArgumentsErr, typeErr, valueErr } from '../../errors/query-error.ts';
import type { Query } from '../../evaluator/query.ts';
import { fromInt, move, parseUnit, type Unit } from '../../values/datetime.ts';
import { isInt, typeName } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { change, ownRun, startTime } from './_task.ts';

const DOCS = 'data-types/task/again_in';

/** Only within the task's own run, which is checked before the arguments. */
export default builtin({
  name: 'again_in', on: 'task', args: ['...lazy'], change: 'both',
  run: (q, self, ...given) => {
    const run = ownRun(q, self);
    if (given.length !== 2) throw numArgumentsErr(call.takes('again_in', 2, given.length), DOCS);
    const text = given[0]!();
    if (typeof text !== 'string') throw typeErr(call.argType('again_in', 1, '`str`', typeName(text)), DOCS);
    const unit = parseUnit(text);
    const n = given[1]!();
    if (!isInt(n)) throw typeErr(call.argType('again_in', 2, '`int`', typeName(n)), DOCS);
    if (n <= 0) throw valueErr(msg.startRange(), DOCS);
    change(q, planTask, { id: self.id, at: nextStart(q, self.runAt, unit, n) });
    run.again = true;
    return null;
  },
});

/** Seconds that a step lasts at most, for those of which there may be many in the years that were missed. */
const LONGEST: Partial<Record<Unit, number>> = { seconds: 1, minutes: 60, hours: 3_600, days: 90_000, weeks: 608_400 };

/** From the planned time on, not from now, so that a late task keeps its rhythm; as many steps as lead out of the past. */
function nextStart(q: Query, planned: number, unit: Unit, n: number | bigint): number {
  const now = Math.floor(q.host.now());
  let next = fromInt(planned, q.zone(), false);
  const longest = LONGEST[unit];
  if (longest !== undefined) {
    const skipped = Math.floor((now - planned) / (Number(n) * longest)) - 1;
    if (skipped > 0) next = move(next, unit, skipped * Number(n));
  }
  do {
    q.step();
    next = move(next, unit, n);
    startTime(next, DOCS);
  } while (next.ts < now);
  return Number(next.ts);
}
