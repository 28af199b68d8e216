/** Time as the cluster needs it. The simulation has its own. */
export interface Clock {
  /** Milliseconds, which never go back. */
  now(): number;
  /** Runs something later; gives what prevents it. */
  after(milliseconds: number, run: () => void): () => void;
}

export const CLOCK: Clock = {
  now: () => performance.now(),
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

export function pause(clock: Clock, milliseconds: number): Promise<void> {
  return new Promise(resolve => void clock.after(milliseconds, resolve));
}
