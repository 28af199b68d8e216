/**
 * What a {@link DiskLog} needs of whatever keeps its records: the part that tests replace to tear writes, flip bits
 * and fill up. A disk understands no record; it keeps bytes by the id of a change.
 */
export interface Disk {
  /** Opens it; answers the ids of the first and the last record, 0 when there is none. */
  open(): Promise<{ readonly first: number; readonly last: number }>;
  /** One record; null when there is none. */
  get(id: number): Promise<Uint8Array | null>;
  /** Records from an id on, ascending, in pieces. */
  read(from: number): AsyncIterable<readonly (readonly [id: number, record: Uint8Array])[]>;
  /** Writes the records of a batch. Kept when all of them are durable; broken: it may be tried again. */
  write(batch: RecordBatch): Promise<void>;
  /** Removes the records of ids from … to, both included. Kept when that is durable. */
  remove(from: number, to: number): Promise<void>;
  close(): Promise<void>;
}

/** Records of successive changes, one after another. */
export interface RecordBatch {
  readonly first: number;
  /** Where each record ends in `bytes`. */
  readonly ends: readonly number[];
  readonly bytes: Uint8Array;
}
