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
  /** In order of creation. */
  readonly list: Backup[] = [];
  private nextId = 0;

  add(template: string, createdAt: number, nextRun: number, repeat: number, maxFiles: number): Backup {
    const backup: Backup = { id: this.nextId++, createdAt, template, nextRun, repeat, maxFiles, files: [], result: null };
    this.list.push(backup);
    return backup;
  }

  get(id: number): Backup | null {
    return this.list.find(backup => backup.id === id) ?? null;
  }

  /** With `files` also what it has made, where the server can do that. */
  remove(backup: Backup, files: boolean): void {
    this.list.splice(this.list.indexOf(backup), 1);
    if (files) this.deleteFiles(backup.files);
  }

  /** Set by the server. */
  deleteFiles: (files: readonly string[]) => void = () => {};

  /** Whether the last run of all that have run went well. */
  get ok(): boolean {
    return this.list.every(backup => backup.result === null || backup.result.code === 0);
  }
}
