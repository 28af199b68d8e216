/** What happens one after another, as an async iterator. It listens from the moment that it is made, so that nothing is missed. */
import { client as msg } from '../errors/messages/client.ts';

export class Feed<T> implements AsyncIterableIterator<T> {
  private readonly waiting: T[] = [];
  private wake: (() => void) | null = null;
  private ended = false;
  private overflown = false;
  private readonly what: string;
  private readonly max: number;
  private readonly stop: () => void;

  /**
   * @param what For the error of a reader that falls behind: `changes`.
   * @param max How many may wait to be read.
   * @param stop Ends what calls {@link add}; called once.
   */
  constructor(what: string, max: number, stop: () => void) {
    this.what = what;
    this.max = max;
    this.stop = stop;
  }

  add(item: T): void {
    if (this.ended) return;
    if (this.waiting.length >= this.max) {
      this.overflown = true;
      this.end();
      return;
    }
    this.waiting.push(item);
    this.wake?.();
  }

  /** What waits can still be read. */
  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.stop();
    this.wake?.();
  }

  async next(): Promise<IteratorResult<T>> {
    for (;;) {
      if (this.waiting.length > 0) return { value: this.waiting.shift()!, done: false };
      if (this.overflown) throw new Error(msg.feedOverflow(this.max, this.what));
      if (this.ended) return { value: undefined, done: true };
      await new Promise<void>(resolve => (this.wake = resolve));
      this.wake = null;
    }
  }

  async return(): Promise<IteratorResult<T>> {
    this.end();
    return { value: undefined, done: true };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
