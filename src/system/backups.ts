/**
 * The backups that a node is told to make: when, how often, into which files. State of one node, not replicated.
 * Making them is the business of the server; here is what it goes by.
 */
export interface Backup {
  readonly id: number;
  /** UNIX seconds. */
  readonly createdAt: number;
  /** With `{DATE}`, `{TIME}` and `{CHANGE_ID}` in it. */
  readonly template: string;
  /** UNIX seconds of the next run; null when there is none to come. */
  nextRun: number | null;
  /** Seconds between runs; 0 for a single run. */
  readonly repeat: number;
  /** Files that are kept, of those that repeated runs make. */
  readonly maxFiles: number;
  /** Names of the files that were made, oldest first. */
  readonly files: string[];
  /** Outcome of the last run; null before it. */
  result: { readonly code: number; readonly message: string } | null;
}

export class Backups {
  private backups: readonly Backup[] = [];
  private next = 0;

  /** In order of creation. */
  get list(): readonly Backup[] {
    return this.backups;
  }

  /** Ids count up, and are not used again. */
  get nextId(): number {
    return this.next;
  }

  add(template: string, createdAt: number, nextRun: number, repeat: number, maxFiles: number): Backup {
    const backup: Backup = { id: this.next, createdAt, template, nextRun, repeat, maxFiles, files: [], result: null };
    this.change([...this.backups, backup], this.next + 1);
    return backup;
  }

  get(id: number): Backup | null {
    return this.backups.find(backup => backup.id === id) ?? null;
  }

  /** With `files` also what it has made, where the server can do that. */
  remove(backup: Backup, files: boolean): void {
    this.change(this.backups.filter(one => one !== backup), this.next);
    if (files) this.deleteFiles(backup.files);
  }

  /** What was kept. */
  load(list: readonly Backup[], nextId: number): void {
    this.backups = list;
    this.next = nextId;
  }

  /** Set by the server: keeps the list as it is now, or throws why it cannot. */
  keep: () => void = () => {};

  /** Set by the server. */
  deleteFiles: (files: readonly string[]) => void = () => {};

  /** Whether the last run of all that have run went well. */
  get ok(): boolean {
    return this.backups.every(backup => backup.result === null || backup.result.code === 0);
  }

  /** Nothing is changed when that cannot be kept. */
  private change(list: readonly Backup[], nextId: number): void {
    const before = [this.backups, this.next] as const;
    this.load(list, nextId);
    try {
      this.keep();
    } catch (e) {
      this.load(...before);
      throw e;
    }
  }
}
