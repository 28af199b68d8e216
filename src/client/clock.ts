/** What a client asks of its surroundings besides sockets; tests give their own. */
export interface Clock {
  /** Runs something in `ms` milliseconds; gives what cancels that. */
  after(ms: number, run: () => void): () => void;
  /** A number in [0, 1). */
  random(): number;
}

export const systemClock: Clock = {
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
};
