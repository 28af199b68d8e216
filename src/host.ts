/**
 * What the interpreter asks of whoever runs it: time, randomness, secrets, a log. Tests and simulation give
 * their own, so that every run can be repeated; the core itself reads no clock.
 */
import type { QueryError } from './errors/query-error.ts';
import type { Backups } from './system/backups.ts';
import type { Counters } from './system/counters.ts';
import type { Manifest } from './system/manifest.ts';

export interface Host {
  /** Seconds since 1970-01-01T00:00:00Z, with fraction. */
  now(): number;
  /** A clock that never goes back, in milliseconds; for budgets and `timeit`. */
  monotonic(): number;
  /** Runs something in a turn of its own, soon. */
  later(run: () => void): void;
  /** A number in [0, 1), for `rand`, `choice` and their like. */
  random(): number;
  /** CRC-32, that of zlib: where the platform has one that is faster than the core's own. */
  crc32?(bytes: Uint8Array): number;
  readonly secrets: Secrets;
  readonly node: Node;
  log(level: LogLevel, text: string): void;
}

/** As the language's constants DEBUG … CRITICAL. */
export const LOG_LEVEL = { debug: 0, info: 1, warning: 2, error: 3, critical: 4 } as const;
export type LogLevel = (typeof LOG_LEVEL)[keyof typeof LOG_LEVEL];

/** Everything that has to do with passwords and token keys; the core never sees how they are kept. */
export interface Secrets {
  /** A salted hash that {@link checkPassword} accepts. It takes its time: elsewhere, so that nothing waits meanwhile. */
  hashPassword(password: string): Promise<string>;
  checkPassword(password: string, hash: string): Promise<boolean>;
  /** The hash of `pass`: the password of user `admin` at a first start. */
  readonly initialPassword: string;
  /** A new token key: `tsk_` and 28 digits, 128 bits or more of them from a cryptographic source, the others a checksum. */
  newKey(): string;
  /** False for a key of that form whose checksum is wrong: there is no such token. */
  isSound(key: string): boolean;
  /** What is kept of a key: text without any sign but letters, digits, `-` and `_`. */
  hashKey(key: string): string;
  /** In a time that does not depend on where they differ. */
  sameHash(a: string, b: string): boolean;
}

/** The process that the engine runs in: what the functions of `@node` show and do. `PlainNode` is the simplest one. */
export interface Node {
  readonly facts: NodeFacts;
  readonly counters: Counters;
  readonly backups: Backups;
  /** `READY`, `AWAY` …, see `NODE_STATUS`. */
  readonly status: string;
  /** Lines below it are not logged. */
  logLevel: LogLevel;
  /** Parsed queries that are kept by text; the engine sets it. */
  cachedQueries: number;
  /** Clients that are connected. */
  readonly connections: number;
  /** Id of the last change that is durable; those after it would be lost. The store sets it. */
  storedChangeId: number;
  /** Changes, and files of changes, since the last checkpoint. */
  archivedInMemory: number;
  archiveFiles: number;
  readonly changesInQueue: number;
  /** Seconds since the start. */
  uptime(): number;
  /** The nodes that share this one's changes; null for a node of its own. */
  readonly cluster: Cluster | null;
  /** The programs of modules; whoever runs some sets it. */
  modules: Modules;
  /**
   * Puts the content of a backup in the place of everything. Throws a QueryError when there is no such backup; what it gives
   * does the work, and is broken by a QueryError when it cannot be done: nothing is changed then.
   */
  restore(request: RestoreRequest): () => Promise<void>;
  /** Ends the process in good order, as a signal does, after the answer. */
  shutdown(): void;
}

/** Several nodes with one order of changes, as one of them sees it. */
export interface Cluster {
  /** Whether this is the node that makes the changes. What has an effect on others runs there alone. */
  readonly leads: boolean;
  /** All that are known to be there, itself too, by id. */
  members(): ReadonlyMap<number, MemberInfo>;
  /** Hands an event of a room to all other nodes, when no change does. Called on the node that leads. */
  emitted(emit: RoomEmit): void;
}

/** What a node says of itself. */
export interface MemberInfo {
  readonly status: string;
  readonly zone: number;
  readonly name: string;
  readonly port: number;
  /** Ids of the last change that it has made or repeated, and that is on its own disk. */
  readonly committed: number;
  readonly stored: number;
}

export interface RoomEmit {
  /** Id of the collection, then of the room. */
  readonly collection: number;
  readonly room: number;
  readonly event: string;
  /** The array of arguments as MessagePack. */
  readonly args: Uint8Array;
}

export interface RestoreRequest {
  /** Name of the file. */
  readonly file: string;
  /** Id of the user who asks. */
  readonly user: number;
  /** Whether that user takes the place of all who are in the backup, with full access. */
  readonly takeAccess: boolean;
  /** Whether tasks are kept. */
  readonly tasks: boolean;
}

/** What stays as it is while a node runs. */
export interface NodeFacts {
  readonly version: string;
  /** Versions of what it is built with, by name. */
  readonly versions: Readonly<Record<string, string>>;
  readonly nodeName: string;
  readonly clientPort: number;
  readonly nodePort: number;
  readonly httpStatusPort: number;
  readonly httpApiPort: number;
  readonly ipSupport: string;
  readonly zone: number;
  readonly storagePath: string;
  readonly modulesPath: string;
  readonly pythonInterpreter: string;
  readonly platform: string;
  readonly architecture: string;
}

/** Runs the programs of modules on this node. */
export interface Modules {
  /** Null for a module that this node does not run. */
  state(name: string): ModuleState | null;
  /** Starts its program anew, also one that was given up. */
  restart(name: string): void;
  /**
   * Asks a module that has a state; request and answer are MessagePack. `done` is called once, in a later turn: with
   * the error that the module answered, or that of a module which does not run, ends or takes too long.
   */
  call(name: string, request: Uint8Array, done: (answer: Uint8Array | QueryError) => void): void;
}

export interface ModuleState {
  /** `running`, or why it is not; while a newer version is downloaded, that, though the one before may be running. */
  readonly status: string;
  readonly running: boolean;
  /** Calls that wait for an answer. */
  readonly tasks: number;
  /** How often it was started again after it had ended by itself. */
  readonly restarts: number;
  /** Where its program is; null while it is not installed. */
  readonly file: string | null;
  /** What it says of itself; null when it says nothing. */
  readonly manifest: Manifest | null;
  /** Why its last download has failed; null when it has not. What was there before runs on, if there was something. */
  readonly downloadError: string | null;
}
