/**
 * Keeps the program of one module running: starts it, configures it, hands it calls, and starts it again with
 * back-off when it ends by itself. A call always ends: with an answer, or with an error when the program ends, takes
 * too long or has too much to do. A program that gives no sign of life while a call runs out of time hangs, and is
 * killed.
 */
import { ERR } from '../errors/codes.ts';
import { call as callMsg } from '../errors/messages/call.ts';
import { modulePrograms as msg } from '../errors/messages/modules.ts';
import { QueryError, maxQuotaErr, operationErr } from '../errors/query-error.ts';
import { LOG_LEVEL, type LogLevel } from '../host.ts';
import type { Manifest } from '../system/manifest.ts';
import type { ModuleLimits, Program, ProgramEvents, StartProgram, Timers } from './program.ts';

type Done = (answer: Uint8Array | QueryError) => void;

interface Call {
  readonly done: Done;
  readonly sentAt: number;
  readonly bytes: number;
  readonly cancelTimer: () => void;
}

export interface SupervisorOptions {
  readonly name: string;
  readonly limits: ModuleLimits;
  readonly timers: Timers;
  readonly log: (level: LogLevel, text: string) => void;
}

const NONE = (): void => {};
/** Ids of requests are 16 bits; 0 is for what is no request. */
const IDS = 0xffff;

export class Supervisor {
  /** For texts; a module may be renamed. */
  name: string;
  status: string;
  manifest: Manifest | null;
  restarts: number;
  private readonly limits: ModuleLimits;
  private readonly timers: Timers;
  private readonly log: (level: LogLevel, text: string) => void;
  private readonly calls = new Map<number, Call>();
  private startProgram: StartProgram | null = null;
  private conf: Uint8Array | null = null;
  private program: Program | null = null;
  private ready = false;
  /** Whether it has accepted a configuration, or needs none. */
  private configured = false;
  /** Configurations that it has not answered yet. */
  private configuring = 0;
  /** Set while the program was told to end: what to do then. */
  private afterStop: (() => void) | null = null;
  private startsInRow = 0;
  private startedAt = 0;
  private lastSign = 0;
  private lastId = 0;
  private waitingBytes = 0;
  private cancelTimer = NONE;
  private readonly waiters: (() => void)[] = [];
  private readonly whenGone: (() => void)[] = [];

  constructor({ name, limits, timers, log }: SupervisorOptions) {
    this.name = name;
    this.limits = limits;
    this.timers = timers;
    this.log = log;
    this.status = msg.notInstalled();
    this.manifest = null;
    this.restarts = 0;
  }

  get running(): boolean {
    return this.status === msg.running();
  }

  /** Calls that wait for an answer. */
  get tasks(): number {
    return this.calls.size;
  }

  /** Runs a program from now on, in the place of the one that runs, which is told to end first. */
  run(start: StartProgram, conf: Uint8Array | null, manifest: Manifest | null): void {
    this.startProgram = start;
    this.conf = conf;
    this.manifest = manifest;
    this.restart();
  }

  /** Starts the program anew, also one that was given up. What it did before is forgotten. */
  restart(): void {
    if (this.startProgram === null) return;
    this.log(LOG_LEVEL.info, `restarting module \`${this.name}\`...`);
    this.restarts = 0;
    this.startsInRow = 0;
    this.end(() => this.start());
  }

  /** Ends the program and runs none; `status` says why. Resolves when it is gone. */
  stop(status = msg.notLoaded()): Promise<void> {
    this.startProgram = null;
    this.end(() => (this.status = status));
    this.settle();
    return this.program === null ? Promise.resolve() : new Promise(resolve => this.whenGone.push(resolve));
  }

  /** Ends the program at once, for a node that ends itself. */
  kill(): void {
    this.program?.kill();
  }

  /** Whether there is a program to run, though it may not run now. */
  get installed(): boolean {
    return this.startProgram !== null;
  }

  /** Hands over another configuration; nil is none, and not handed over. A program that does not run is started. */
  configure(conf: Uint8Array | null): void {
    this.conf = conf;
    if (this.program !== null && this.afterStop === null) {
      if (conf !== null) this.sendConf(conf);
    } else if (this.program === null) {
      this.restart();
    }
  }

  /** See `Modules.call`. */
  call(body: Uint8Array, done: Done): void {
    const failure = this.refusal(body.length);
    if (failure !== null) {
      queueMicrotask(() => done(failure));
      return;
    }
    const id = this.nextId();
    const { callMs } = this.limits;
    const cancelTimer = this.timers.after(callMs, () => this.timedOut(id));
    this.calls.set(id, { done, sentAt: this.timers.now(), bytes: body.length, cancelTimer });
    this.waitingBytes += body.length;
    this.program!.request(id, body);
  }

  /** Resolves when it runs and is configured, or is known not to. */
  settled(): Promise<void> {
    if (this.isSettled()) return Promise.resolve();
    return new Promise(resolve => this.waiters.push(resolve));
  }

  private isSettled(): boolean {
    return this.program === null ? this.status !== msg.restarting() : this.ready && this.configuring === 0 && this.afterStop === null;
  }

  private settle(): void {
    if (!this.isSettled()) return;
    for (const waiter of this.waiters.splice(0)) waiter();
  }

  private refusal(bytes: number): QueryError | null {
    const { name, limits, program } = this;
    if (!this.running || program === null) return operationErr(callMsg.moduleNotRunning(name, this.status));
    if (!this.configured) return operationErr(msg.notConfigured(name));
    if (this.calls.size >= limits.calls) return maxQuotaErr(msg.tooManyCalls(name, limits.calls));
    return this.waitingBytes + bytes > limits.packetBytes ? maxQuotaErr(msg.tooMuch(name, limits.packetBytes)) : null;
  }

  private nextId(): number {
    do this.lastId = (this.lastId % IDS) + 1;
    while (this.calls.has(this.lastId));
    return this.lastId;
  }

  private start(): void {
    const { conf } = this;
    this.status = msg.running();
    this.ready = false;
    this.configured = conf === null;
    this.configuring = 0;
    this.startedAt = this.lastSign = this.timers.now();
    this.awaitStart();
    let program: Program | null = null;
    const current = (): boolean => this.program === program;
    try {
      program = this.program = this.startProgram!({
        ready: manifest => current() && this.nowReady(manifest),
        configured: ok => current() && this.nowConfigured(ok),
        answered: (id, answer) => current() && this.answered(id, answer),
        refused: why => current() && this.refused(why),
        ended: why => current() && this.ended(why),
        log: (level, text) => this.log(level, `module \`${this.name}\`: ${text}`),
      } satisfies ProgramEvents);
    } catch (e) {
      this.refused((e as Error).message);
      return;
    }
    this.log(LOG_LEVEL.info, `loaded module \`${this.name}\``);
    if (conf !== null) this.sendConf(conf);
  }

  private sendConf(conf: Uint8Array): void {
    this.configuring++;
    this.status = msg.running();
    this.awaitStart();
    this.program!.configure(conf);
  }

  /** A program that does not come up in time hangs. */
  private awaitStart(): void {
    this.cancelTimer();
    this.cancelTimer = this.timers.after(this.limits.startMs, () => {
      this.log(LOG_LEVEL.error, `module \`${this.name}\` has not started within ${this.limits.startMs / 1000} seconds`);
      this.program!.kill();
    });
  }

  private nowReady(manifest: Manifest | null): void {
    this.ready = true;
    this.manifest = manifest ?? this.manifest;
    this.sign();
  }

  private nowConfigured(ok: boolean): void {
    if (this.configuring === 0) return;
    this.configuring--;
    this.configured = ok;
    if (ok) this.log(LOG_LEVEL.info, `module \`${this.name}\` is successfully configured`);
    else this.log(LOG_LEVEL.error, `failed to configure module \`${this.name}\``);
    if (this.afterStop === null) this.status = ok ? msg.running() : msg.configuration();
    this.sign();
  }

  /** It lives, and may have all that it needs. */
  private sign(): void {
    this.lastSign = this.timers.now();
    if (this.afterStop === null && this.ready && this.configuring === 0) this.cancelTimer();
    this.settle();
  }

  private answered(id: number, answer: Uint8Array | QueryError): void {
    this.sign();
    // None for one that ran out of time, or that was never made.
    this.take(id)?.done(answer);
  }

  /** A call that is over. */
  private take(id: number): Call | undefined {
    const call = this.calls.get(id);
    if (call === undefined) return undefined;
    this.calls.delete(id);
    this.waitingBytes -= call.bytes;
    call.cancelTimer();
    return call;
  }

  private timedOut(id: number): void {
    const { done, sentAt } = this.take(id)!;
    if (this.lastSign < sentAt) {
      this.log(LOG_LEVEL.error, `module \`${this.name}\` does not answer any more; it is killed`);
      this.program!.kill();
    }
    done(new QueryError(ERR.cancelled, msg.timedOut(this.name, this.limits.callMs / 1000)));
  }

  /** Tells the program to end, if one runs, then goes on. */
  private end(then: () => void): void {
    this.cancelTimer();
    if (this.program === null) {
      then();
      return;
    }
    const stopping = this.afterStop !== null;
    this.afterStop = then;
    this.status = msg.stopping();
    this.cancelCalls();
    if (!stopping) this.program.stop();
    this.cancelTimer = this.timers.after(this.limits.stopMs, () => this.program!.kill());
  }

  private refused(why: string): void {
    this.log(LOG_LEVEL.error, `failed to start module \`${this.name}\`: ${why}`);
    this.gone(() => (this.status = why));
  }

  private ended(why: string): void {
    const expected = this.afterStop !== null;
    this.log(expected ? LOG_LEVEL.info : LOG_LEVEL.error, `module \`${this.name}\` has been stopped (${why})`);
    this.gone(() => this.startAgain());
  }

  private gone(otherwise: () => void): void {
    const next = this.afterStop ?? otherwise;
    this.program = null;
    this.afterStop = null;
    this.cancelTimer();
    this.cancelCalls();
    for (const resolve of this.whenGone.splice(0)) resolve();
    next();
    this.settle();
  }

  private startAgain(): void {
    const { restarts, backoffMs, backoffMaxMs, stableMs } = this.limits;
    this.restarts++;
    if (this.timers.now() - this.startedAt >= stableMs) this.startsInRow = 0;
    if (++this.startsInRow > restarts) {
      this.status = msg.tooManyRestarts();
      this.log(LOG_LEVEL.error, `module \`${this.name}\` has been restarted too many (>${restarts}) times`);
      return;
    }
    if (this.startsInRow === 1) {
      this.start();
      return;
    }
    this.status = msg.restarting();
    this.cancelTimer = this.timers.after(Math.min(backoffMs * 2 ** (this.startsInRow - 2), backoffMaxMs), () => this.start());
  }

  /** Not at once: a query may be running, as one that deletes the module. */
  private cancelCalls(): void {
    for (const id of [...this.calls.keys()]) {
      const { done } = this.take(id)!;
      queueMicrotask(() => done(new QueryError(ERR.cancelled, msg.cancelled())));
    }
  }
}
