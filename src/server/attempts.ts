/**
 * Limits failed log-ins: so many for each address, and for each user, within a time; from then on all are refused,
 * unseen, until that time is over. In memory, of a bounded number of addresses and users: those that failed longest
 * ago are forgotten first.
 */
import { ERR } from '../errors/codes.ts';
import { QueryError } from '../errors/query-error.ts';
import { access as msg } from '../errors/messages/access.ts';

export interface AttemptOptions {
  /** Failures of one address; 0 for no limit. */
  readonly perAddress: number;
  /** Failures with the name of one user, from whatever addresses; 0 for no limit. */
  readonly perUser: number;
  /** Seconds within which they count. */
  readonly seconds: number;
  /** Addresses and users that are remembered. */
  readonly maxRemembered: number;
}

export const DEFAULT_ATTEMPTS: AttemptOptions = Object.freeze({ perAddress: 100, perUser: 30, seconds: 300, maxRemembered: 20_000 });

export class TooManyAttempts extends QueryError {
  /** Until the next one is looked at. */
  readonly seconds: number;

  constructor(seconds: number) {
    super(ERR.auth, msg.tooManyAttempts(seconds));
    this.seconds = seconds;
  }
}

interface Failures {
  count: number;
  /** Milliseconds. */
  readonly since: number;
}

export class Attempts {
  private readonly options: AttemptOptions;
  private readonly clock: () => number;
  /** Those that failed last stand at the end. */
  private readonly failures = new Map<string, Failures>();

  /** `clock` gives milliseconds that never go back. */
  constructor(clock: () => number, options: Partial<AttemptOptions> = {}) {
    this.clock = clock;
    this.options = { ...DEFAULT_ATTEMPTS, ...options };
  }

  /** Refuses when too many have failed. '' for an address or a user that is not known: not limited. */
  check(address: string, user = ''): void {
    const left = Math.max(this.left(addressKey(address), this.options.perAddress), this.left(userKey(user), this.options.perUser));
    if (left > 0) throw new TooManyAttempts(Math.ceil(left / 1000));
  }

  failed(address: string, user = ''): void {
    for (const key of [addressKey(address), userKey(user)]) if (key !== '') this.count(key);
  }

  get remembered(): number {
    return this.failures.size;
  }

  /** Milliseconds for which a key is refused. */
  private left(key: string, limit: number): number {
    const failures = this.current(key);
    return limit === 0 || failures === null || failures.count < limit ? 0 : failures.since + this.options.seconds * 1000 - this.clock();
  }

  private current(key: string): Failures | null {
    const failures = this.failures.get(key);
    return failures === undefined || this.clock() - failures.since >= this.options.seconds * 1000 ? null : failures;
  }

  private count(key: string): void {
    const failures = this.current(key) ?? { count: 0, since: this.clock() };
    failures.count++;
    this.failures.delete(key);
    this.failures.set(key, failures);
    if (this.failures.size > this.options.maxRemembered) this.failures.delete(this.failures.keys().next().value!);
  }
}

const addressKey = (address: string): string => (address === '' ? '' : `address ${address}`);
const userKey = (user: string): string => (user === '' ? '' : `user ${user}`);
