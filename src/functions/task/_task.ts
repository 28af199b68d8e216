/** What the functions of tasks share. */
import type { EventKind } from '../../collection/event.ts';
import { store, toItem } from '../../collection/mutate.ts';
import type { TaskTarget } from '../../collection/task-events.ts';
import { tasks as msg } from '../../errors/messages/futures.ts';
import { numArgumentsErr, operationErr, typeErr, valueErr } from '../../errors/query-error.ts';
import type { TaskRun } from '../../evaluator/family.ts';
import type { Query } from '../../evaluator/query.ts';
import { List, TAG, tagOf, typeName, type Closure, type DateTime, type Task, type Value } from '../../values/value.ts';

/** UNIX seconds of the latest start: the first moment that an unsigned int of 32 bits cannot hold is in 2106. */
const START_MAX = 4_294_967_295;

/** Does what an event says, and records it. */
export function change<F extends EventKind['fields']>(q: Query, kind: EventKind<TaskTarget, F>, args: Parameters<EventKind<TaskTarget, F>['run']>[1]): void {
  if (q.change === null) throw operationErr(q.nse ? msg.underNse() : msg.needsWse());
  q.change.do(kind, q.replica ?? q.system.replica, args);
}

export function assertPlanned(task: Task): void {
  if (task.id === 0) throw valueErr(msg.empty());
}

export function assertUnlocked(task: Task): void {
  if (task.locks > 0) throw operationErr(msg.locked(task.id));
}

/** Evaluates an argument while nothing may change the task. */
export function locked<T>(task: Task, argument: () => T): T {
  assertPlanned(task);
  assertUnlocked(task);
  task.locks++;
  try {
    return argument();
  } finally {
    task.locks--;
  }
}

/**
 * A task runs with all rights of its owner, and outlives the token by which it was planned. In `@thingsdb` these may be
 * rights over everything, so there a token needs all that its user has. In a collection CHANGE is all that there is to have.
 */
export function requireAllRights(q: Query): void {
  if (q.kind === 'thingsdb') q.requireOn('thingsdb', q.system.accessOf(q.user, 'thingsdb'), q.scopeName());
}

export function startTime(when: DateTime, docs: string): number {
  if (when.ts < 0 || when.ts > START_MAX) throw valueErr(msg.startRange(), docs);
  return Number(when.ts);
}

/** The run that the query belongs to, which must be one of this task. */
export function ownRun(q: Query, task: Task): TaskRun {
  assertPlanned(task);
  const { run } = q.family;
  if (run === null) throw operationErr(msg.noContext());
  if (run.task !== task) throw operationErr(msg.otherContext(task.id));
  if (task.runAt === 0) throw operationErr(msg.cancelled(task.id));
  return run;
}

/** Arguments for a closure that gets the task first: missing ones are nil, and in a collection all that they lead to is stored. */
export function taskArgs(q: Query, closure: Closure, list: List): Value[] {
  const takes = argCount(q, closure);
  const given = list.items.length;
  if (given > takes) throw numArgumentsErr(msg.tooManyArgs(given, takes), 'collection-api/task');
  const args: Value[] = [];
  for (let i = 0; i < takes; i++) args.push(i < given ? toItem(q, list.items[i]!) : null);
  for (const arg of args) {
    if (q.collection !== null) store(q, arg);
    else if (!PLAIN.has(tagOf(arg))) throw typeErr(msg.argumentType(typeName(arg)), 'collection-api/task');
  }
  return args;
}

/** Arguments that a closure takes besides the task itself. */
export function argCount(q: Query, closure: Closure): number {
  return Math.max(q.codeOf(closure).params.length - 1, 0);
}

const PLAIN: ReadonlySet<number> = new Set([
  TAG.nil, TAG.bool, TAG.int, TAG.float, TAG.str, TAG.bytes, TAG.datetime, TAG.timeval, TAG.regex,
]);
