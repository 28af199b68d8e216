/** Runs a few things at a time, the others in order of asking. Of those that wait there is a bounded number. */
export class Turns {
  private free: number;
  private readonly maxWaiting: number;
  private readonly refuse: (waiting: number) => unknown;
  private readonly waiting: (() => void)[] = [];

  /** `refuse` makes the error for whoever comes when `maxWaiting` are waiting. */
  constructor(atATime: number, maxWaiting: number, refuse: (waiting: number) => unknown) {
    this.free = atATime;
    this.maxWaiting = maxWaiting;
    this.refuse = refuse;
  }

  async take<T>(run: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free--;
    else {
      if (this.waiting.length >= this.maxWaiting) throw this.refuse(this.maxWaiting);
      await new Promise<void>(resolve => this.waiting.push(resolve));
    }
    try {
      return await run();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.free++;
      else next();
    }
  }
}
