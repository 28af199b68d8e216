/** The list of backups in a file, so that it is there again after a start. */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { backupFiles as msg } from '../errors/messages/backups.ts';
import { StoreError } from '../errors/store-error.ts';
import type { Backup, Backups } from '../system/backups.ts';

interface Kept {
  readonly nextId: number;
  readonly backups: readonly Backup[];
}

/** Reads the list from a file, if that is there. Throws a {@link StoreError} when it makes no sense. */
export function loadBackupList(backups: Backups, file: string): void {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw e;
  }
  const kept = parse(text);
  if (kept === null) throw new StoreError(msg.listDamaged(file));
  backups.load(kept.backups, kept.nextId);
}

function parse(text: string): Kept | null {
  try {
    const kept = JSON.parse(text) as Kept;
    return Number.isSafeInteger(kept.nextId) && kept.backups.every(({ id, template, files }) => id < kept.nextId && typeof template === 'string' && Array.isArray(files)) ? kept : null;
  } catch {
    return null;
  }
}

/**
 * Writes it, durably. At once, so that who has made a backup is told when it could not be kept: the list is short,
 * and changes rarely.
 */
export function saveBackupList({ list, nextId }: Backups, file: string): void {
  const unfinished = `${file}.part`;
  try {
    const kept: Kept = { nextId, backups: list };
    writeFileSync(unfinished, JSON.stringify(kept, null, 2), { flush: true });
    renameSync(unfinished, file);
    syncDirectory(dirname(file));
  } catch (e) {
    rmSync(unfinished, { force: true });
    throw e;
  }
}

function syncDirectory(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
