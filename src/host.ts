/**
 * What the interpreter asks of whoever runs it: time, randomness, secrets, a log. Tests and simulation give
 * their own, so that every run can be repeated; the core itself reads no clock.
 */
export interface Host {
  /** Seconds since 1970-01-01T00:00:00Z, with fraction. */
  now(): number;
  /** A clock that never goes back, in milliseconds; for budgets and `timeit`. */
  monotonic(): number;
  /** A number in [0, 1), for `rand`, `choice` and their like. */
  random(): number;
  readonly secrets: Secrets;
  log(level: LogLevel, text: string): void;
}

/** As the language's constants DEBUG … CRITICAL. */
export const LOG_LEVEL = { debug: 0, info: 1, warning: 2, error: 3, critical: 4 } as const;
export type LogLevel = (typeof LOG_LEVEL)[keyof typeof LOG_LEVEL];

/** Everything that has to do with passwords and token keys; the core never sees how they are kept. */
export interface Secrets {
  /** A salted hash that {@link checkPassword} accepts. */
  hashPassword(password: string): string;
  checkPassword(password: string, hash: string): boolean;
  /** A new token key: 22 characters or more from a cryptographic source. */
  newKey(): string;
  /** What is kept of a key. */
  hashKey(key: string): string;
}
