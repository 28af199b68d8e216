import { newTask } from '../../collection/task-events.ts';
import { call } from '../../errors/messages/call.ts';
import { tasks as msg } from '../../errors/messages/futures.ts';
import { lookupErr, maxQuotaErr, typeErr } from '../../errors/query-error.ts';
import { LANGUAGE } from '../../evaluator/limits.ts';
import type { Query } from '../../evaluator/query.ts';
import { Closure, DateTime, List, Task, isInt, typeName, type Value } from '../../values/value.ts';
import { builtin, type Lazy } from '../builtin.ts';
import { change, requireAllRights, startTime, taskArgs } from '../task/_task.ts';

const DOCS = 'collection-api/task';

/** An empty task, one by its id, or a new one: a moment, a closure, its arguments. */
export default builtin({
  name: 'task', args: ['lazy?', 'lazy?', 'lazy?'], change: 'both', scope: 'collection|thingsdb',
  run: (q, first, second, third) => {
    if (first === undefined) return new Task(0);
    return second === undefined ? findTask(q, first()) : plan(q, first, second, third);
  },
});

function findTask(q: Query, id: Value): Task {
  if (!isInt(id)) throw typeErr(msg.convert(typeName(id)));
  const task = (q.collection ?? q.system).tasks.find(task => task.id === id);
  if (task === undefined) throw lookupErr(msg.notFound(id));
  return task;
}

function plan(q: Query, whenArg: Lazy, closureArg: Lazy, listArg: Lazy | undefined): Task {
  requireAllRights(q);
  const planner = q.collection ?? q.system;
  if (planner.tasks.length >= LANGUAGE.tasks) throw maxQuotaErr(msg.quota(LANGUAGE.tasks));
  const when = whenArg();
  if (!(when instanceof DateTime)) throw wrongType(1, '`datetime` or `timeval`', when);
  const at = startTime(when, DOCS);
  const closure = closureArg();
  if (!(closure instanceof Closure)) throw wrongType(2, '`closure`', closure);
  const list = listArg === undefined ? NO_ARGS : listArg();
  if (!(list instanceof List)) throw wrongType(3, '`list` or `tuple`', list);
  const args = taskArgs(q, closure, list);
  q.bind(closure);
  change(q, newTask, { id: planner.nextId, at, owner: q.user.id, closure, args });
  return planner.tasks.at(-1)!;
}

const NO_ARGS = new List([], true);

const wrongType = (n: number, want: string, got: Value) => typeErr(call.argType('task', n, want, typeName(got)), DOCS);
