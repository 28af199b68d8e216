/**
 * Requests with ids, on their way: what becomes of each is recorded with its changes, so that it may come again and is
 * not carried out again. What is recorded, and for how long it stands, is in `collection/answered.ts`.
 */
import { OUTCOME, requestAnswered, type AnsweredLimits, type AnsweredTarget, type RequestId } from '../collection/answered.ts';
import type { Change } from '../collection/event.ts';
import { ERR, defaultMessage } from '../errors/codes.ts';
import { requests as msg } from '../errors/messages/requests.ts';
import { NotHere } from '../errors/not-here.ts';
import { QueryError, cancelErr, doneErr } from '../errors/query-error.ts';
import type { Host } from '../host.ts';
import type { System } from '../system/system.ts';
import { Bytes } from '../values/value.ts';
import { packError, readError } from '../wire/error.ts';
import { Reader, Writer } from '../wire/msgpack.ts';
import type { Query } from './query.ts';

/** A request with an id, as the queries that come of it share it. `L` is what a late answer is given as. */
export abstract class Once<L = unknown> {
  readonly user: number;
  readonly id: RequestId;
  /** Whether it is recorded that it has begun, and not yet how it ended. */
  begun: boolean;

  constructor(user: number, id: RequestId) {
    this.user = user;
    this.id = id;
    this.begun = false;
  }

  /** The answer, as it was packed last: `late`, or at once when that is null. */
  abstract packed(late: L | null): Uint8Array;
  /** An answer that was packed before. */
  abstract recalled(answer: Uint8Array): L;

  get key(): string {
    return `${this.user}/${this.id.client}/${this.id.number}`;
  }
}

/** The engine, as requests with ids need it. */
interface Keeper {
  readonly system: System;
  readonly host: Host;
  readonly answeredLimits: AnsweredLimits;
  /** Whether another node makes the changes, or none can. */
  readonly follows: boolean;
  readonly storeFailure: string;
  /** Makes a change of `@thingsdb` that ends a request. */
  changeAfter(from: Query, run: (change: Change) => void): void;
}

export class Repeats {
  private readonly keeper: Keeper;
  /** Those that go on in later turns. */
  private readonly running = new Map<string, Promise<unknown>>();

  constructor(keeper: Keeper) {
    this.keeper = keeper;
  }

  /**
   * The answer to a request that has come before; null when it is to be carried out. Throws its error, or that nobody
   * knows what became of it.
   */
  recall<L>(once: Once<L>): Promise<L> | null {
    const running = this.running.size === 0 ? undefined : this.running.get(once.key);
    if (running !== undefined) return running as Promise<L>;
    const { system: { answered }, follows } = this.keeper;
    const outcome = answered.find(once.user, once.id);
    if (outcome === null) {
      if (answered.mayBeForgotten(once.user, once.id)) throw cancelErr(msg.forgotten());
      return null;
    }
    // It may go on where the lead is.
    if (outcome[0] === OUTCOME.begun && follows) throw new NotHere();
    return Promise.resolve(once.recalled(answerOf(outcome)));
  }

  /**
   * Makes what became of a request a part of the change of a query of it: how the request ended or, when more is to follow,
   * that it has begun. `failure` is what the query threw; null when it went well, and its answer is packed.
   */
  record(q: Query, change: Change, failure: unknown): void {
    const { once, passwords } = q.family;
    if (once === null) return;
    const ends = q.origin !== 'future' && (failure === null ? q.isDone : passwords.size === 0);
    if (!ends && once.begun) return;
    const outcome = !ends ? BEGUN : failure === null ? answerOutcome(once.packed(null)) : errorOutcome(failure);
    this.add(once, outcome, change, q.replica ?? q.system.replica);
  }

  /** For a request that goes on in later turns: if it comes again it waits too; its end is recorded if it has made changes. */
  untilDone<L>(q: Query, work: Promise<L>): Promise<L> {
    const { once } = q.family;
    if (once === null) return work;
    const end = (outcome: Uint8Array | null): void => {
      const { keeper } = this;
      this.running.delete(once.key);
      // What is recorded now is all that there is to say.
      q.family.once = null;
      if (outcome === null || !once.begun || keeper.follows || keeper.storeFailure !== '') return;
      keeper.changeAfter(q, change => this.add(once, outcome, change, keeper.system.replica));
    };
    const done = work.then(
      late => {
        end(answerOutcome(once.packed(late)));
        return late;
      },
      (e: unknown) => {
        // Who has lost the lead does not know how it ended.
        end(e instanceof NotHere ? null : errorOutcome(e));
        throw e;
      },
    );
    this.running.set(once.key, done);
    return done;
  }

  private add(once: Once, outcome: Uint8Array, change: Change, to: AnsweredTarget): void {
    const { host, answeredLimits: limits } = this.keeper;
    const kept = outcome.length - 1 > limits.answerBytes ? DONE : outcome;
    const entry = to.answered.entry(once.user, once.id, Math.floor(host.now()), kept, limits);
    change.do(requestAnswered, to, { ...entry, outcome: new Bytes(kept) });
    once.begun = outcome === BEGUN;
  }
}

const BEGUN = new Uint8Array([OUTCOME.begun]);
const DONE = new Uint8Array([OUTCOME.done]);

function answerOutcome(answer: Uint8Array): Uint8Array {
  const outcome = new Uint8Array(1 + answer.length);
  outcome[0] = OUTCOME.answer;
  outcome.set(answer, 1);
  return outcome;
}

/** Of anything that was thrown. */
function errorOutcome(error: unknown): Uint8Array {
  const out = new Writer(128);
  out.int(OUTCOME.error);
  packError(out, error instanceof QueryError ? error : new QueryError(ERR.internal, defaultMessage(ERR.internal)));
  return out.detach(0);
}

/** The answer that was kept. Throws the error, or why there is none. */
function answerOf(outcome: Uint8Array): Uint8Array {
  switch (outcome[0]) {
    case OUTCOME.answer: return outcome.subarray(1);
    case OUTCOME.error: throw readError(new Reader(outcome.subarray(1)));
    case OUTCOME.done: throw doneErr(msg.done());
    default: throw cancelErr(msg.begun());
  }
}
