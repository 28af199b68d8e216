/**
 * Requests that made changes, with their answers: one whose answer was lost may come again, and is not carried out twice.
 * What is known of a request is recorded with the change that it made, so all nodes know it, and it is in snapshots.
 *
 * A request is known by its user, its client, which calls itself by something random, and a number that the client counts.
 * With each request the client says which number is the lowest that it still waits for; what is below that is forgotten.
 * The rest is forgotten client by client, the one that has been silent longest first: after some time, or when all
 * together take too much memory. The node that makes the change decides that, and records what it decided: no other node
 * needs its clock or its bounds.
 *
 * A request that is not known here either was never made, or is forgotten. Which of the two must be sure before it is
 * carried out. So answers are counted: a client that repeats a request says how far the count was before it had sent that
 * for the first time, and here is kept how far it was when the youngest of all that is forgotten was answered.
 */
import { assert } from '../errors/assert.ts';
import { Bytes } from '../values/value.ts';
import { eventKind, type Target } from './event.ts';

/** What a client calls a request of its own. */
export interface RequestId {
  readonly client: string;
  readonly number: number;
  /** The lowest number that the client waits for. */
  readonly oldest: number;
  /** Of one that is repeated: a count of answers, see above; null for one that is sent for the first time. */
  readonly since: number | null;
}

export interface AnsweredLimits {
  /** Seconds for which the requests of a silent client are remembered. */
  readonly keepSeconds: number;
  /** Bytes of all that is remembered, about; 0: no ids are offered to clients. */
  readonly bytes: number;
  /** Bytes of an answer; of a longer one is only remembered that there was one. */
  readonly answerBytes: number;
  /** Requests of one client that are remembered at one time. */
  readonly open: number;
}

export const ANSWERED_LIMITS: AnsweredLimits = Object.freeze({ keepSeconds: 3_600, bytes: 64 << 20, answerBytes: 4_096, open: 10_000 });

/** What became of a request: the first byte of what is kept of it. What follows, for `answer` and `error`, is that, packed. */
export const OUTCOME = {
  /** A change was made, but the answer was still to come. */
  begun: 0,
  answer: 1,
  error: 2,
  /** It is done; the answer was too long to be kept. */
  done: 3,
} as const;

/** What a client and an answer take in memory besides their own bytes, about. */
const CLIENT_BYTES = 400;
const ANSWER_BYTES = 150;
/** Clients that are forgotten at one time: it should not be felt. */
const FORGET_MAX = 64;

/** A client that is remembered. */
export class AnsweredClient {
  readonly user: number;
  readonly name: string;
  /** The count of answers before its first. */
  readonly since: number;
  /** The count with its last answer, and the UNIX second of that. */
  last = 0;
  at = 0;
  /** Numbers below it are forgotten. */
  floor = 0;
  /** What became of its requests, by number. */
  readonly outcomes = new Map<number, Uint8Array>();
  bytes = CLIENT_BYTES;

  constructor(user: number, name: string, since: number) {
    this.user = user;
    this.name = name;
    this.since = since;
  }

  keep(number: number, outcome: Uint8Array): void {
    this.drop(number);
    this.outcomes.set(number, outcome);
    this.bytes += ANSWER_BYTES + outcome.length;
  }

  raiseFloor(to: number): void {
    // The numbers that it passes, or those that there are: the client chooses the step, which may be a huge one.
    if (to - this.floor < this.outcomes.size) for (let n = this.floor; n < to; n++) this.drop(n);
    else for (const n of this.outcomes.keys()) if (n < to) this.drop(n);
    this.floor = Math.max(this.floor, to);
  }

  private drop(number: number): void {
    const outcome = this.outcomes.get(number);
    if (outcome === undefined) return;
    this.outcomes.delete(number);
    this.bytes -= ANSWER_BYTES + outcome.length;
  }
}

/** What is recorded of a request. */
export interface AnsweredEntry {
  readonly user: number;
  readonly client: string;
  readonly number: number;
  /** How many numbers up to this one are not forgotten. */
  readonly open: number;
  readonly at: number;
  /** Clients that are to be forgotten before. */
  readonly forget: number;
  readonly outcome: Uint8Array;
}

export class AnsweredRequests {
  /** Answers so far, the forgotten ones too. */
  count = 0;
  /** What the count was at the youngest answer of all clients that are forgotten. */
  forgotten = 0;
  bytes = 0;
  /** By user and name, the longest silent first. */
  readonly clients = new Map<string, AnsweredClient>();
  /** The last of them, which most often is the next, too. */
  private newest: AnsweredClient | null = null;

  /** What became of a request; null when that is not known. */
  find(user: number, { client, number }: RequestId): Uint8Array | null {
    return this.known(user, client)?.outcomes.get(number) ?? null;
  }

  /** Whether a request that is not found may have been made all the same. */
  mayBeForgotten(user: number, { client, number, since }: RequestId): boolean {
    const known = this.known(user, client);
    if (known !== undefined && number < known.floor) return true;
    return since !== null && since < this.forgotten && since < (known?.since ?? Infinity);
  }

  /** What is to be recorded of a request that was answered at that UNIX second. */
  entry(user: number, { client, number, oldest }: RequestId, at: number, outcome: Uint8Array, limits: AnsweredLimits): AnsweredEntry {
    return { user, client, number, open: Math.min(number - oldest + 1, limits.open), at, forget: this.surplus(at, limits), outcome };
  }

  private surplus(now: number, { keepSeconds, bytes: max }: AnsweredLimits): number {
    let count = 0;
    let { bytes } = this;
    for (const client of this.clients.values()) {
      if (count === FORGET_MAX || (bytes <= max && now - client.at < keepSeconds)) break;
      bytes -= client.bytes;
      count++;
    }
    return count;
  }

  add({ user, client: name, number, open, at, forget, outcome }: AnsweredEntry): void {
    for (let n = forget; n > 0; n--) this.forgetOldest();
    const client = this.known(user, name) ?? new AnsweredClient(user, name, this.count);
    if (client !== this.newest) this.put(client);
    client.last = ++this.count;
    client.at = at;
    this.bytes -= client.bytes;
    client.raiseFloor(number - open + 1);
    client.keep(number, outcome);
    this.bytes += client.bytes;
  }

  private known(user: number, name: string): AnsweredClient | undefined {
    const { newest } = this;
    return newest !== null && newest.name === name && newest.user === user ? newest : this.clients.get(keyOf(user, name));
  }

  /** Puts a client, which may be known, behind all others. */
  put(client: AnsweredClient): void {
    const key = keyOf(client.user, client.name);
    if (!this.clients.delete(key)) this.bytes += client.bytes;
    this.clients.set(key, client);
    this.newest = client;
  }

  /** Adds to the client that was put last. */
  keep(number: number, outcome: Uint8Array): void {
    const client = this.newest!;
    this.bytes -= client.bytes;
    client.keep(number, outcome);
    this.bytes += client.bytes;
  }

  /** Takes over all that another one knows; this one knows nothing yet that counts. */
  takeOver(other: AnsweredRequests): void {
    this.count = other.count;
    this.forgotten = other.forgotten;
    this.bytes = 0;
    this.clients.clear();
    this.newest = null;
    for (const client of other.clients.values()) this.put(client);
  }

  private forgetOldest(): void {
    const [first] = this.clients;
    assert(first !== undefined, 'a client that is to be forgotten is known');
    const [key, oldest] = first;
    this.clients.delete(key);
    if (oldest === this.newest) this.newest = null;
    this.bytes -= oldest.bytes;
    this.forgotten = Math.max(this.forgotten, oldest.last);
  }
}

function keyOf(user: number, client: string): string {
  return `${user}/${client}`;
}

/** What a request belongs to: a collection, or `@thingsdb`. */
export interface AnsweredTarget extends Target {
  readonly answered: AnsweredRequests;
}

/** Always the last event of a change. */
export const requestAnswered = eventKind(26, 'answered',
  { user: 'int', client: 'str', number: 'int', open: 'int', at: 'int', forget: 'int', outcome: 'value' },
  ({ answered }: AnsweredTarget, { outcome, ...entry }) => {
    assert(outcome instanceof Bytes, 'an outcome is bytes');
    answered.add({ ...entry, outcome: outcome.data });
  });
