/**
 * What runs after a query: its futures, and theirs. The answer waits for all of them, and the first that fails is
 * the error of the query; those that have not started by then never do, and what was done before stays.
 *
 * Each closure runs as a query of its own, in a turn of its own, with a change of its own when it makes one. They
 * start in reverse order of their creation; those that make a change come after those that make none. Modules are
 * asked when it is their turn to start; what follows on an answer runs when the answer is there.
 */
import { QueryError, operationErr } from '../errors/query-error.ts';
import { futures as msg } from '../errors/messages/futures.ts';
import { List, Room, Task, Thing, ThingSet, Wrap, type Closure, type Future, type Value } from '../values/value.ts';
import type { Query } from './query.ts';
import { moduleFailure, packRequest, readAnswer } from './module-call.ts';
import { resolveClosure } from './resolve.ts';

/** Whoever can run a closure as a query of its own: the engine. */
export interface Runner {
  /** In the scope of `from`, by its user, after the check of rights that a change needs. */
  runApart(from: Query, closure: Closure, args: readonly Value[]): { readonly q: Query; readonly value: Value };
}

/** What a future costs beside the work that it does, in steps: a chain of them ends too. */
const STEPS = 1_000;

/** Resolves when all are done, each with its result in it. */
export function runFutures(q: Query, runner: Runner): Promise<void> {
  return new Promise((resolve, reject) => new Futures(q, runner, resolve, reject).run());
}

/** A future on its way, and the one whose closure made it. */
interface Started {
  readonly q: Query;
  readonly future: Future;
  readonly parent: Started | null;
  /** Itself while it has not been called, and those that its closure made. */
  pending: number;
}

interface Call extends Started {
  readonly closure: Closure;
  readonly args: readonly Value[];
}

class Futures {
  private readonly q: Query;
  private readonly runner: Runner;
  private readonly resolve: () => void;
  private readonly reject: (error: unknown) => void;
  private readonly plain: Call[] = [];
  private readonly changing: Call[] = [];
  /** Modules that were asked and have not answered. */
  private asked = 0;
  /** A call has its turn already. */
  private scheduled = false;
  private over = false;

  constructor(q: Query, runner: Runner, resolve: () => void, reject: (error: unknown) => void) {
    this.q = q;
    this.runner = runner;
    this.resolve = resolve;
    this.reject = reject;
  }

  run(): void {
    this.step(() => this.startAll(this.q, null));
  }

  /** Does something, then goes on in another turn. */
  private step(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.over = true;
      this.reject(error);
      return;
    }
    if (this.scheduled) return;
    const call = this.plain.shift() ?? this.changing.shift();
    if (call !== undefined) {
      this.scheduled = true;
      this.q.host.later(() => {
        this.scheduled = false;
        if (!this.over) this.step(() => this.call(call));
      });
    } else if (this.asked === 0) {
      this.over = true;
      this.resolve();
    }
  }

  private startAll(q: Query, parent: Started | null): void {
    if (parent !== null) parent.pending += q.futures.length;
    while (q.futures.length > 0) this.start(q, q.futures.pop()!, parent);
  }

  private start(q: Query, future: Future, parent: Started | null): void {
    const { module, args } = future;
    if (module !== null) {
      const failure = moduleFailure(q, module.name);
      if (failure === null) this.ask(q, future, parent);
      else this.failed(q, future, parent, failure);
    } else if (future.then !== null) {
      this.queue(q, future, parent, future.then, future.direct ? args : [null, ...args]);
    } else {
      this.passOn(q, future, parent, null);
    }
  }

  private ask(q: Query, future: Future, parent: Started | null): void {
    q.spend(STEPS);
    const request = packRequest(q, future);
    q.family.begin();
    this.asked++;
    q.host.node.modules.call(future.module!.name, request, answer => {
      this.asked--;
      q.family.end();
      if (!this.over) this.step(() => this.answered(q, future, parent, answer));
    });
  }

  private answered(q: Query, future: Future, parent: Started | null, answer: Uint8Array | QueryError): void {
    let value: Value;
    try {
      if (answer instanceof QueryError) throw answer;
      value = readAnswer(q, future, answer);
    } catch (e) {
      if (!(e instanceof QueryError)) throw e;
      this.failed(q, future, parent, e);
      return;
    }
    if (future.then === null) this.passOn(q, future, parent, value);
    else this.queue(q, future, parent, future.then, [value, ...future.args]);
  }

  /** A module could not be asked, or answers an error. */
  private failed(q: Query, future: Future, parent: Started | null, failure: QueryError): void {
    if (future.else === null) throw failure;
    this.queue(q, future, parent, future.else, [q.errorValue(failure), ...future.args]);
  }

  /** Nothing is to follow: the result is all that there is. */
  private passOn(q: Query, future: Future, parent: Started | null, value: Value): void {
    future.result = new List([value, ...future.args]);
    release(future, q);
    if (parent !== null) this.ended(parent);
  }

  private queue(q: Query, future: Future, parent: Started | null, closure: Closure, args: readonly Value[]): void {
    q.spend(STEPS);
    q.family.begin();
    // An `nse()` around the literal is none of its own: here it stands by itself.
    if (!closure.bound && q.codeOf(closure).nse) closure.code = resolveClosure(closure.node!, closure.source, q.registry);
    const changes = q.hasSideEffects(closure);
    if (changes && anyStored(q, args)) throw operationErr(msg.storedArgument());
    (changes ? this.changing : this.plain).push({ q, future, parent, pending: 1, closure, args });
  }

  private call(call: Call): void {
    const { future } = call;
    const { q, value } = this.runner.runApart(call.q, call.closure, call.args);
    future.result = value;
    this.startAll(q, call);
    this.ended(call);
  }

  /** It, or one that it waits for, is done. */
  private ended(started: Started): void {
    for (let one: Started | null = started; one !== null && --one.pending === 0; one = one.parent) {
      one.q.family.end();
      release(one.future, one.q);
    }
  }
}

/** Its closures are called no more. */
function release(future: Future, { family }: Query): void {
  for (const code of future.counted) family.called(code);
}

/**
 * Whether values lead to something that has an id. By the time that a closure which makes a change runs it may be
 * there no more, so these are refused.
 */
function anyStored(q: Query, values: readonly Value[]): boolean {
  const seen = new Set<Value>();
  const stack = [...values];
  while (stack.length > 0) {
    const value = stack.pop()!;
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    q.spend(1);
    seen.add(value);
    if (value instanceof Thing || value instanceof Room || value instanceof Task) {
      if (value.id !== 0) return true;
      if (value instanceof Thing) for (const held of value.toValues()) stack.push(held);
    } else if (value instanceof List) for (const item of value.items) stack.push(item);
    else if (value instanceof ThingSet) for (const thing of value.things) stack.push(thing);
    else if (value instanceof Wrap) stack.push(value.thing);
  }
  return false;
}
