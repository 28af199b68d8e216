/**
 * What one request, or one run of a task, shares between all queries that come of it: the query itself, its
 * futures, and theirs.
 */
import { maxQuotaErr, operationErr } from '../errors/query-error.ts';
import { futures as msg } from '../errors/messages/futures.ts';
import { WITHHELD, type Cause } from '../cause.ts';
import type { User } from '../system/user.ts';
import type { Task } from '../values/value.ts';
import { LANGUAGE, type Limits } from './limits.ts';
import type { Once } from './once.ts';

/** The task that a query runs for. */
export interface TaskRun {
  readonly task: Task;
  /** True once it has been told to run again. */
  again: boolean;
}

/** What stands for a request of a client of another node; the rest of it is the business of whoever made it. */
export interface RequestTag {
  /** Id of the node that the client asked. */
  readonly node: number;
}

export class Family {
  /** Steps that are left. */
  steps: number;
  readonly run: TaskRun | null;
  /** What the request is known by to those who hear of its changes. */
  readonly tag: RequestTag | null;
  /** The request, when it has an id. */
  once: Once | null;
  /** Tells the client who asked, when there is one. */
  readonly warn: (text: string) => void;
  /**
   * Passwords that were set and are being hashed. The language does not wait for that, the answer does: what is set
   * becomes a change of its own then.
   */
  readonly passwords: Map<User, Promise<string>>;
  /** What the changes were made by that come of it; null while nobody wants to know. */
  cause: Cause | null;
  private readonly maxFutures: number;
  /** Futures that have started and are not done. */
  private active: number;
  /** How many futures wait to call a closure, by its code: the same literal may be evaluated many times. */
  private waiting: Map<unknown, number> | null;

  constructor({ steps, futures }: Limits, warn: (text: string) => void = () => {}, run: TaskRun | null = null, tag: RequestTag | null = null) {
    this.steps = steps;
    this.maxFutures = futures;
    this.run = run;
    this.tag = tag;
    this.once = null;
    this.warn = warn;
    this.passwords = new Map();
    this.cause = null;
    this.active = 0;
    this.waiting = null;
  }

  /** To be called before its text could be kept that holds a password. */
  withholdText(): void {
    if (this.cause !== null) this.cause = { ...this.cause, text: WITHHELD };
  }

  /** A future is about to call that code once. */
  await(code: unknown): void {
    const waiting = (this.waiting ??= new Map());
    const n = waiting.get(code) ?? 0;
    if (n >= LANGUAGE.futuresPerClosure) throw operationErr(msg.perClosure(), 'data-types/closure');
    waiting.set(code, n + 1);
  }

  called(code: unknown): void {
    this.waiting!.set(code, this.waiting!.get(code)! - 1);
  }

  begin(): void {
    if (this.active >= this.maxFutures) throw maxQuotaErr(msg.active(this.maxFutures));
    this.active++;
  }

  end(): void {
    this.active--;
  }
}
