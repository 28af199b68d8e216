/**
 * Calls what a user has set. If that throws, the packages behind it are none the worse: its error becomes an uncaught
 * one, as with the web's events.
 */
export function call(handler: () => unknown): void {
  try {
    handler();
  } catch (e) {
    queueMicrotask(() => {
      throw e;
    });
  }
}
