/** Makes the backups that are due: one after another, while queries go on. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '../engine.ts';
import { backupFiles as msg } from '../errors/messages/backups.ts';
import { store as storeMsg } from '../errors/messages/store.ts';
import { nodeErr } from '../errors/query-error.ts';
import { LOG_LEVEL } from '../host.ts';
import type { Backup, Backups } from '../system/backups.ts';
import { saveBackup } from './backup-file.ts';
import { loadBackupList, saveBackupList } from './backup-list.ts';

export const BACKUPS_FILE = 'backups.json';

export interface RunnerOptions {
  /** Where the list of backups is kept; null: in memory only. */
  readonly directory: string | null;
  /** Whether the data there was made just now: backups that are listed there were those of other data. */
  readonly created?: boolean;
  /** Null when all that was done so far is durable; else a promise of that moment. */
  readonly durable?: () => Promise<unknown> | null;
}

const LOOK_MS = 1_000;

export class BackupRunner {
  private readonly engineNow: () => Engine;
  private readonly backups: Backups;
  private readonly options: RunnerOptions;
  private readonly stopping = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private running: Promise<void> | null = null;

  /** `engineNow` gives the engine, which may come to be another one. Throws a `StoreError` when the list of backups makes no sense. It keeps no process alive by itself. */
  constructor(engineNow: () => Engine, options: RunnerOptions) {
    this.engineNow = engineNow;
    this.options = options;
    const { backups } = this.engine.host.node;
    this.backups = backups;
    if (options.directory !== null) {
      const file = join(options.directory, BACKUPS_FILE);
      if (options.created === true) rmSync(file, { force: true });
      loadBackupList(backups, file);
      backups.keep = () => this.keep(file);
    }
    backups.deleteFiles = files => files.forEach(file => this.remove(file));
    this.timer = setInterval(() => void this.run(), LOOK_MS).unref();
  }

  private get engine(): Engine {
    return this.engineNow();
  }

  /** Makes what is due now; kept when that is done, well or not. */
  run(): Promise<void> {
    return this.running ??= this.runDue().finally(() => {
      this.running = null;
    });
  }

  /** Gives up what is being made: it is still due at the next start. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.stopping.abort();
    await this.running;
    this.backups.keep = () => {};
    this.backups.deleteFiles = () => {};
  }

  private async runDue(): Promise<void> {
    for (const backup of this.backups.list) {
      const due = backup.nextRun !== null && backup.nextRun <= this.now;
      if (due && !this.stopping.signal.aborted) await this.make(backup);
    }
  }

  private async make(backup: Backup): Promise<void> {
    const { engine, options: { durable }, stopping: { signal } } = this;
    const file = fileName(backup.template, this.now, engine.changeId);
    try {
      const { changeId } = await saveBackup(engine, file, { signal, ...(durable === undefined ? {} : { durable }) });
      this.ended(backup, 0, msg.success(timeText(this.now)));
      engine.host.log(LOG_LEVEL.info, `wrote backup \`${file}\`, the state after change ${changeId}`);
      this.madeFile(backup, file);
    } catch (e) {
      if (signal.aborted) return;
      const message = msg.notWritten(file, (e as Error).message);
      this.ended(backup, Math.abs((e as NodeJS.ErrnoException).errno ?? 1), message);
      engine.host.log(LOG_LEVEL.error, message);
    }
    try {
      this.backups.keep();
    } catch (e) {
      engine.host.log(LOG_LEVEL.error, (e as Error).message);
    }
  }

  private ended(backup: Backup, code: number, message: string): void {
    const { repeat, nextRun } = backup;
    backup.result = { code, message };
    // Runs that were missed are not made up for.
    backup.nextRun = repeat === 0 ? null : nextRun! + repeat * (Math.floor((this.now - nextRun!) / repeat) + 1);
  }

  /** The oldest files go. */
  private madeFile({ files, maxFiles }: Backup, file: string): void {
    const earlier = files.indexOf(file);
    if (earlier >= 0) files.splice(earlier, 1);
    files.push(file);
    while (files.length > maxFiles) this.remove(files.shift()!);
  }

  private remove(file: string): void {
    try {
      rmSync(file, { force: true });
    } catch (e) {
      this.engine.host.log(LOG_LEVEL.error, msg.notRemoved(file, (e as Error).message));
    }
  }

  private keep(file: string): void {
    try {
      saveBackupList(this.backups, file);
    } catch (e) {
      throw nodeErr(storeMsg.refused((e as Error).message));
    }
  }

  private get now(): number {
    return Math.floor(this.engine.host.now());
  }
}

function fileName(template: string, now: number, changeId: number): string {
  const [date, time] = new Date(now * 1_000).toISOString().replace(/[-:]|\..*/g, '').split('T') as [string, string];
  return template.replaceAll('{DATE}', date).replaceAll('{TIME}', time).replaceAll('{CHANGE_ID}', String(changeId));
}

/** `2026-01-01 00:00:00Z` */
function timeText(now: number): string {
  return new Date(now * 1_000).toISOString().replace('T', ' ').replace(/\..*/, 'Z');
}
