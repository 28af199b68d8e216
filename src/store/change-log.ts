/**
 * Where changes are kept, in their one order, so that nothing that was answered is lost. The engine makes changes
 * one after another and hands each to the log; a start reads them back and repeats them.
 */
import type { CommittedChange } from '../engine.ts';

export interface ChangeLog {
  /** Opens what is there, and makes an empty log where nothing is. Throws a `StoreError`. */
  open(): Promise<LogContents>;
  /**
   * The changes from one on, in order, in pieces. Throws a `StoreError` at the first one that is not as it was
   * written: nothing is ever skipped.
   */
  read(from: number): AsyncIterable<readonly LoggedChange[]>;
  /**
   * Takes the next change. The promise is kept when it is durable, and all before it: many changes share one sync.
   * When that fails the promise is broken, but the log goes on trying.
   */
  append(change: CommittedChange): Promise<void>;
  /** The promise of the last change that was taken; null when it is durable. */
  readonly pending: Promise<void> | null;
  /** Writes what is still to be written, then ends. */
  close(): Promise<void>;
}

export interface LoggedChange extends CommittedChange {
  /** When it was made, or the first of those that were written with it, in UNIX seconds. */
  readonly time: number;
}

export interface LogContents {
  /** Ids of the first and the last change that are there; 0 when there is none. */
  readonly first: number;
  readonly last: number;
  /** Changes at the end that were not written whole, and have been cut off. Nobody was told that they were durable. */
  readonly cut: readonly number[];
}
