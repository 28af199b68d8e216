/** When the store does what need not be done at once. Tests give their own. */
export interface Timers {
  /** After all that the sockets brought in this turn has been run. */
  soon(run: () => void): void;
  /** Once, in so many milliseconds. Gives what prevents it. */
  after(milliseconds: number, run: () => void): () => void;
  /** The same, but the process does not stay alive for it. */
  eventually(milliseconds: number, run: () => void): () => void;
}

export const nodeTimers: Timers = {
  soon: run => void setImmediate(run),
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
  eventually(milliseconds, run) {
    const timer = setTimeout(run, milliseconds).unref();
    return () => clearTimeout(timer);
  },
};
