/**
 * Logging in, for every edge: by password or by token, with limits on attempts. A wrong name takes as long as a wrong
 * password. A password that was right is not hashed again for a minute: HTTP sends it with each request.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { authErr } from '../errors/query-error.ts';
import { access as msg } from '../errors/messages/access.ts';
import type { Engine } from '../engine.ts';
import { Turns } from '../node/turns.ts';
import type { Token } from '../system/token.ts';
import type { User } from '../system/user.ts';
import { Attempts, TooManyAttempts, type AttemptOptions } from './attempts.ts';

/** Milliseconds for which a password that was right is known, and how many are. */
const KNOWN_FOR = 60_000;
const KNOWN_MAX = 1_000;
/** Attempts are counted when they have failed: so few are under way at a time that hardly one more gets through. */
const AT_A_TIME = 2;
const MAX_WAITING = 500;
/** User names and passwords have 127 bytes at most; longer ones are not worth a look. */
const LENGTH_MAX = 1_024;

export class Logins {
  private readonly engine: Engine;
  private readonly attempts: Attempts;
  private readonly turns = new Turns(AT_A_TIME, MAX_WAITING, () => new TooManyAttempts(1));
  /** By a keyed hash of name, password and kept hash: of what is here nobody can make a password again. */
  private readonly known = new Map<string, number>();
  private readonly key = randomBytes(32);

  constructor(engine: Engine, options: Partial<AttemptOptions> = {}) {
    this.engine = engine;
    this.attempts = new Attempts(() => engine.host.monotonic(), options);
  }

  /** `auth_err` when it is wrong, or too many were. */
  async byPassword(given: string, password: string, address: string): Promise<User> {
    const name = given.slice(0, LENGTH_MAX);
    this.attempts.check(address, name);
    const user = this.engine.system.usersByName.get(name);
    if (user !== undefined && this.isKnown(user, password)) return user;
    return this.turns.take(async () => {
      this.attempts.check(address, name);
      const right = await this.isRight(name, password);
      if (right !== null) return right;
      this.attempts.failed(address, name);
      throw authErr(msg.wrongPassword());
    });
  }

  byToken(key: string, address: string): Token {
    this.attempts.check(address);
    try {
      return this.engine.login(key);
    } catch (e) {
      this.attempts.failed(address);
      throw e;
    }
  }

  private async isRight(name: string, password: string): Promise<User | null> {
    const { system, host: { secrets } } = this.engine;
    const kept = system.usersByName.get(name)?.passwordHash ?? null;
    const right = password.length <= LENGTH_MAX && (await secrets.checkPassword(password, kept ?? secrets.initialPassword));
    // It may have been removed, or have got another password, meanwhile.
    const user = system.usersByName.get(name);
    if (!right || kept === null || user?.passwordHash !== kept) return null;
    this.remember(user, password);
    return user;
  }

  private isKnown(user: User, password: string): boolean {
    const until = user.passwordHash === null ? undefined : this.known.get(this.keyed(user, password));
    return until !== undefined && until > this.engine.host.monotonic();
  }

  private remember(user: User, password: string): void {
    const keyed = this.keyed(user, password);
    this.known.delete(keyed);
    this.known.set(keyed, this.engine.host.monotonic() + KNOWN_FOR);
    if (this.known.size > KNOWN_MAX) this.known.delete(this.known.keys().next().value!);
  }

  /** Another one as soon as the password is set anew. */
  private keyed(user: User, password: string): string {
    return createHmac('sha256', this.key).update(`${user.id}\0${user.passwordHash}\0${password}`).digest('base64');
  }
}
