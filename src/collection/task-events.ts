/** Events of tasks, which collections and `@thingsdb` have in common. */
import { assert } from '../errors/assert.ts';
import { Closure, ErrorValue, Task, type Value } from '../values/value.ts';
import { eventKind, type Target } from './event.ts';

/** What has tasks: a collection, or `@thingsdb`. */
export interface TaskTarget extends Target {
  readonly planner: { readonly tasks: Task[]; nextId: number };
  /** A task keeps what its arguments refer to. */
  keep(value: Value): void;
  release(value: Value): void;
}

export const newTask = eventKind(60, 'new_task', { id: 'int', at: 'int', owner: 'int', closure: 'value', args: 'items' },
  (to: TaskTarget, { id, at, owner, closure, args }) => {
    assert(closure instanceof Closure, 'a task is a closure');
    const { planner } = to;
    const task = new Task(id);
    task.runAt = at;
    task.owner = owner;
    task.closure = closure;
    task.args = [...args];
    planner.tasks.push(task);
    if (id >= planner.nextId) planner.nextId = id + 1;
    for (const arg of args) to.keep(arg);
  });

/** The last task moves into its place. What still refers to it is `task:nil` from now on. */
export const delTask = eventKind(61, 'del_task', { id: 'int' }, (to: TaskTarget, { id }) => {
  const { tasks } = to.planner;
  const task = taskOf(to, id);
  const last = tasks.pop()!;
  if (last !== task) tasks[tasks.indexOf(task)] = last;
  dropTask(to, task);
});

/** A user was removed: so are the tasks that would run with the user's rights. */
export function removeTasksOf(to: TaskTarget, user: number): void {
  const { tasks } = to.planner;
  const left = tasks.filter(task => task.owner !== user);
  for (const task of tasks) if (task.owner === user) dropTask(to, task);
  tasks.splice(0, tasks.length, ...left);
}

function dropTask(to: TaskTarget, task: Task): void {
  for (const arg of task.args) to.release(arg);
  task.id = 0;
  task.runAt = 0;
  task.args = [];
  task.result = null;
}

export const setTaskArgs = eventKind(62, 'task_args', { id: 'int', args: 'items' }, (to: TaskTarget, { id, args }) => {
  const task = taskOf(to, id);
  for (const arg of args) to.keep(arg);
  for (const arg of task.args) to.release(arg);
  task.args = [...args];
});

export const setTaskClosure = eventKind(63, 'task_closure', { id: 'int', closure: 'value' }, (to: TaskTarget, { id, closure }) => {
  assert(closure instanceof Closure, 'a task is a closure');
  taskOf(to, id).closure = closure;
});

export const setTaskOwner = eventKind(64, 'task_owner', { id: 'int', owner: 'int' }, (to: TaskTarget, { id, owner }) => {
  taskOf(to, id).owner = owner;
});

/** When it runs next; 0: not at all. */
export const planTask = eventKind(65, 'plan_task', { id: 'int', at: 'int' }, (to: TaskTarget, { id, at }) => {
  taskOf(to, id).runAt = at;
});

/** How its last run went: an error, with code 0 when it went well. */
export const setTaskResult = eventKind(66, 'task_result', { id: 'int', at: 'int', result: 'value' }, (to: TaskTarget, { id, at, result }) => {
  assert(result instanceof ErrorValue, 'the result of a task is an error, or none');
  const task = taskOf(to, id);
  task.runAt = at;
  task.result = result;
});

function taskOf({ planner }: TaskTarget, id: number): Task {
  const task = planner.tasks.find(task => task.id === id);
  assert(task !== undefined, 'the task that an event names exists');
  return task;
}

export const TASK_EVENTS = [newTask, delTask, setTaskArgs, setTaskClosure, setTaskOwner, planTask, setTaskResult] as const;
