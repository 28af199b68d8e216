/** Why what was kept cannot be read, or used: a sentence for people. */
export class StoreError extends Error {
  override name = 'StoreError';
  /** The change that it is about; 0 for none. */
  readonly changeId: number;

  constructor(message: string, changeId = 0) {
    super(message);
    this.changeId = changeId;
  }
}

/** What was stored is not there any more as it was written. */
export class DamageError extends StoreError {}
