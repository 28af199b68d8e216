/**
 * What the nodes of a cluster agree by: a small ordered map of keys with one revision for each commit, leases that
 * end by themselves, and a way to watch. etcd is one; the one in memory is what tests and the simulation use.
 *
 * Whatever is asked may fail, or its answer be lost: every method throws then, and it is not known whether it was
 * done. The protocol in `member.ts` asks again in a way that tells.
 */
export interface Coordinator {
  /** The pairs whose keys lie in a range, in order, as they are at one moment after the call. */
  read(range: Range): Promise<ReadResult>;
  /** Does all of `then` in one moment if all of `when` holds in that moment, else nothing. */
  commit(when: readonly Condition[], then: readonly Operation[]): Promise<CommitResult>;
  /** Tells what happens to the keys of a range, from a revision on, in order. Gives what ends that. */
  watch(range: Range, revision: number, watcher: Watcher): () => void;
  /** A lease that ends after so many seconds, and with it all keys that were put under it. */
  grant(seconds: number): Promise<string>;
  /** Gives a lease all of its time again; false when it has ended. */
  refresh(lease: string): Promise<boolean>;
  /** Forgets what was before a revision: nobody can watch from there any more. */
  compact(revision: number): Promise<void>;
}

/** Keys from `from` to `to`, which is not one of them. */
export interface Range {
  readonly from: string;
  readonly to: string;
  /** Pairs at most; all by default. */
  readonly limit?: number;
  /** The last ones first. */
  readonly descending?: boolean;
  readonly keysOnly?: boolean;
}

export interface Pair {
  readonly key: string;
  readonly value: Uint8Array;
  /** Revision of the commit that made the key; another one after it was removed and made again. */
  readonly created: number;
}

export interface ReadResult {
  readonly pairs: readonly Pair[];
  /** The newest revision of all. */
  readonly revision: number;
}

/** That a key was made by the commit of that revision; 0: that there is none. */
export interface Condition {
  readonly key: string;
  readonly created: number;
}

export type Operation =
  | { readonly put: string; readonly value: Uint8Array; readonly lease?: string }
  | { readonly remove: string; readonly to?: string };

export interface CommitResult {
  readonly done: boolean;
  /** That of the commit, when it was done. */
  readonly revision: number;
}

export interface Watcher {
  /** All that one commit did to the range. A value is null where the key is gone. */
  changed(events: readonly WatchEvent[], revision: number): void;
  /** Nothing more comes. What has happened meanwhile is to be read. */
  lost(why: Error): void;
}

export interface WatchEvent {
  readonly key: string;
  readonly value: Uint8Array | null;
  readonly created: number;
}

/** The range of all keys that begin with a text. */
export function startingWith(prefix: string): Range {
  return { from: prefix, to: after(prefix) };
}

/** The range of one key. */
export function only(key: string): Range {
  return { from: key, to: `${key}\0` };
}

/** The first text that no longer begins with `prefix`, of ASCII characters. */
function after(prefix: string): string {
  const last = prefix.length - 1;
  return prefix.slice(0, last) + String.fromCharCode(prefix.charCodeAt(last) + 1);
}
