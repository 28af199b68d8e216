/**
 * Raised when our own code is wrong, never for a mistake of a user. Kept on in production: a node that
 * goes on with a broken invariant would write the damage into its log.
 */
export class AssertionError extends Error {
  override name = 'AssertionError';
}

export function assert(condition: unknown, why: string): asserts condition {
  if (!condition) throw new AssertionError(why);
}

/** For the `default` of a switch over a union: the compiler proves that it is not reached. */
export function unreachable(never: never): never {
  throw new AssertionError(`unreachable: ${String(never)}`);
}
