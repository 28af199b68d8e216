/**
 * Runs tasks when they are due. It has no timer: whoever has one calls {@link Scheduler.tick}, once a second.
 *
 * A task runs as its owner, whose rights are not looked at again; its closure gets the task, then its arguments.
 * When it, and all its futures, went well, it is removed, unless it was told to run again; when not, it stays with
 * the error. That end is recorded in the change that the closure made or, when there is none, in one of its own.
 */
import type { Collection } from '../collection/collection.ts';
import { delTask, setTaskResult } from '../collection/task-events.ts';
import { ERR, defaultMessage } from '../errors/codes.ts';
import { NotHere } from '../errors/not-here.ts';
import { QueryError } from '../errors/query-error.ts';
import { LOG_LEVEL, type Host } from '../host.ts';
import type { System } from '../system/system.ts';
import type { User } from '../system/user.ts';
import { ErrorValue, type Closure, type Task } from '../values/value.ts';
import { Family, type TaskRun } from './family.ts';
import { runFutures, type Runner } from './futures.ts';
import type { Query } from './query.ts';

/** The engine, as tasks need it. */
export interface TaskRunner extends Runner {
  readonly system: System;
  readonly host: Host;
  /** Whether a closure makes a change in a collection, or (null) in `@thingsdb`. */
  changes(closure: Closure, collection: Collection | null): boolean;
  family(run: TaskRun | null): Family;
  /** Makes the changes of passwords that were set, when they are hashed. */
  setPasswords(family: Family): Promise<void>;
  /** Does something as a query of a task: with a change or without. */
  work(collection: Collection | null, user: User, family: Family, change: boolean, run: (q: Query) => void): void;
  /** What went wrong, with its place; anything but a QueryError is a mistake of our own. */
  failed(error: unknown, q: Query): unknown;
}

interface Due {
  readonly collection: Collection | null;
  readonly task: Task;
  readonly change: boolean;
}

export class Scheduler {
  private readonly runner: TaskRunner;
  /** Tasks that have started and are not done, some of them waiting for their futures. */
  private readonly running = new Set<Task>();

  constructor(runner: TaskRunner) {
    this.runner = runner;
  }

  /** Starts all that is due at `now`, in UNIX seconds, each in a turn of its own. Resolves when they are done. */
  async tick(now: number): Promise<void> {
    const due = this.due(now);
    for (const { task } of due) this.running.add(task);
    // Those that make a change first: the others need one only to end, and that is asked for when they have run.
    due.sort((a, b) => Number(b.change) - Number(a.change));
    await Promise.all(due.map(one => new Promise<void>(resolve => this.runner.host.later(() => resolve(this.start(one))))));
  }

  private due(now: number): Due[] {
    const { system } = this.runner;
    const due: Due[] = [];
    for (const collection of [...system.collections, null]) {
      for (const task of (collection ?? system).tasks) {
        if (task.runAt === 0 || task.runAt > now || this.running.has(task)) continue;
        due.push({ collection, task, change: this.runner.changes(task.closure!, collection) });
      }
    }
    return due;
  }

  private async start(due: Due): Promise<void> {
    try {
      await this.run(due);
    } catch (error) {
      // Another node leads now, and runs it.
      if (!(error instanceof NotHere)) throw error;
    } finally {
      this.running.delete(due.task);
    }
  }

  private async run({ collection, task, change }: Due): Promise<void> {
    const { runner } = this;
    const owner = runner.system.usersById.get(task.owner);
    // What ran before it in this tick may have removed or cancelled it.
    if (owner === undefined || task.runAt === 0) return;
    const run: TaskRun = { task, again: false };
    const family = runner.family(run);
    let done = false;
    let failure: ErrorValue | null = null;
    let waits: Query | null = null;
    runner.work(collection, owner, family, change, q => {
      try {
        q.call(task.closure!, [task, ...task.args]);
        if (q.futures.length > 0) waits = q;
      } catch (error) {
        failure = this.failure(error, q);
      }
      if (q.change === null || waits !== null) return;
      this.end(q, run, failure);
      done = true;
    });
    if (waits !== null) failure = await this.await(waits);
    await runner.setPasswords(family).catch((error: unknown) => runner.host.log(LOG_LEVEL.error, `task:${task.id}: ${String(error)}`));
    const { system } = runner;
    if (done || (collection !== null && system.collectionsById.get(collection.id) !== collection)) return;
    runner.work(collection, owner, runner.family(run), true, q => this.end(q, run, failure));
  }

  private async await(q: Query): Promise<ErrorValue | null> {
    try {
      await runFutures(q, this.runner);
      return null;
    } catch (error) {
      return this.failure(error, q);
    }
  }

  private failure(error: unknown, q: Query): ErrorValue {
    const known = this.runner.failed(error, q);
    if (known instanceof QueryError) return q.errorValue(known);
    q.host.log(LOG_LEVEL.critical, known instanceof Error ? (known.stack ?? String(known)) : String(known));
    return new ErrorValue(ERR.internal, defaultMessage(ERR.internal));
  }

  private end(q: Query, { task, again }: TaskRun, failure: ErrorValue | null): void {
    const { counters } = q.host.node;
    if (failure === null) counters.tasksSuccess++;
    else counters.tasksWithError++;
    if (task.id === 0) return;
    const to = q.replica ?? q.system.replica;
    const at = again ? task.runAt : 0;
    if (failure === null && at === 0) q.change!.do(delTask, to, { id: task.id });
    else q.change!.do(setTaskResult, to, { id: task.id, at, result: failure ?? new ErrorValue(0, '') });
  }
}
