/**
 * What runs a module: a child process, a thread, or an object of this process. Whatever it is, a `Supervisor` starts
 * it, hands it requests and hears of it through `ProgramEvents`.
 */
import type { QueryError } from '../errors/query-error.ts';
import type { LogLevel } from '../host.ts';
import type { Manifest } from '../system/manifest.ts';

export interface Program {
  /** Hands over the configuration, as MessagePack; `configured` is the answer. */
  configure(conf: Uint8Array): void;
  /** Hands over a request; `answered` with the same id is the answer. */
  request(id: number, body: Uint8Array): void;
  /** Asks it to end. */
  stop(): void;
  /** Ends it. */
  kill(): void;
}

/** All are called in later turns than the one that starts the program, and none after `ended`. */
export interface ProgramEvents {
  /** It runs; a manifest is what it says of itself. */
  ready(manifest: Manifest | null): void;
  configured(ok: boolean): void;
  answered(id: number, answer: Uint8Array | QueryError): void;
  /** It could not be started, and will not be the next time either: why. */
  refused(why: string): void;
  /** It is gone, for this reason. */
  ended(why: string): void;
  log(level: LogLevel, text: string): void;
}

export type StartProgram = (events: ProgramEvents) => Program;

/** Bounds of what a module may do to its node. */
export interface ModuleLimits {
  /** Milliseconds that a call may take. */
  readonly callMs: number;
  /** Milliseconds until a program runs and has accepted its configuration. */
  readonly startMs: number;
  /** Milliseconds from the request to end until it is ended. */
  readonly stopMs: number;
  /** Calls of one module that may wait for an answer, at most 60,000. */
  readonly calls: number;
  /** Bytes of one answer, and of all requests that wait for one. */
  readonly packetBytes: number;
  /** Starts in a row, after the program ended by itself, until it is given up. */
  readonly restarts: number;
  /** Milliseconds before the second of them; each further one waits twice as long. The first does not wait. */
  readonly backoffMs: number;
  /** The longest that a start waits, in milliseconds. */
  readonly backoffMaxMs: number;
  /** A program that ran this long, in milliseconds, is a good one: what it did before is forgotten. */
  readonly stableMs: number;
  /** Bytes of memory for the values of a JavaScript module in a thread. */
  readonly heapBytes: number;
  /** Milliseconds that the download of a module may take as a whole. */
  readonly downloadMs: number;
  /** Bytes of one downloaded file. */
  readonly fileBytes: number;
  /** Files that a module may have, its manifest not counted. */
  readonly files: number;
}

export const MODULE_LIMITS: ModuleLimits = {
  callMs: 60_000,
  startMs: 10_000,
  stopMs: 3_000,
  calls: 10_000,
  packetBytes: 64 * 2 ** 20,
  restarts: 10,
  backoffMs: 500,
  backoffMaxMs: 60_000,
  stableMs: 60_000,
  heapBytes: 256 * 2 ** 20,
  downloadMs: 120_000,
  fileBytes: 100 * 2 ** 20,
  files: 100,
};

/** Time, so that tests decide how it passes. */
export interface Timers {
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  /** Runs something later; gives what prevents it. */
  after(ms: number, run: () => void): () => void;
}
