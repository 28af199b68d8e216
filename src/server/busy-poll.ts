/**
 * Waits awake for the next request. To fall asleep and be woken takes an event loop long, on virtual machines longer than
 * many a client takes to ask again. So, as Linux does for sockets and KVM for halted processors, it goes on looking for a
 * moment where little requests have lately come right after what was sent before. Where they come now and then, or many at a time,
 * it sleeps as ever.
 */

/** Microseconds to stay awake unless something else is asked for. */
export const BUSY_POLL_US = 100;

/** How well the last requests followed one another: up to here, and from where on it is worth staying awake. */
const SCORE_MAX = 16;
const SCORE_AWAKE = 12;
/** What one that did not follow takes away. */
const MISS = 4;
/** Bytes that many requests at a time come in. */
const MUCH = 1024;

export interface BusyPollOptions {
  /** Milliseconds to stay awake; 0: never. */
  readonly awakeMs: number;
  /** Milliseconds since any moment. */
  now(): number;
  /** Runs something in the next turn of the event loop, which does not sleep before it. */
  again(run: () => void): void;
}

export class BusyPoll {
  private readonly options: BusyPollOptions;
  /** When something last came or was sent. */
  private last = -Infinity;
  private score = 0;
  private awake = false;

  constructor(options: BusyPollOptions) {
    this.options = options;
  }

  /** So many bytes came from a client. */
  came(bytes: number): void {
    const { awakeMs, now } = this.options;
    if (awakeMs === 0) return;
    const time = now();
    // Until it stays awake the time to be woken is part of it.
    const followed = bytes <= MUCH && time - this.last <= 2 * awakeMs;
    this.score = followed ? Math.min(this.score + 1, SCORE_MAX) : Math.max(this.score - MISS, 0);
    this.last = time;
  }

  /** Something was sent to a client, which may now ask again. */
  sent(): void {
    const { awakeMs, now, again } = this.options;
    if (awakeMs === 0) return;
    this.last = now();
    if (this.awake || this.score < SCORE_AWAKE) return;
    this.awake = true;
    again(this.look);
  }

  private readonly look = (): void => {
    const { awakeMs, now, again } = this.options;
    this.awake = this.score >= SCORE_AWAKE && now() - this.last <= awakeMs;
    if (this.awake) again(this.look);
  };
}
