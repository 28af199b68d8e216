import { holds, type Held } from './store.ts';

/** Texts about the files of backups. They are ours: ThingsDB's are those of `tar`. */
export const backupFiles = {
  success: (time: string) =>
    `success - ${time}`,
  notWritten: (file: string, why: string) =>
    `cannot write backup \`${file}\`: ${why}`,
  notRemoved: (file: string, why: string) =>
    `cannot remove \`${file}\`: ${why}`,
  noBackup: (file: string) =>
    `\`${file}\` is no backup of Thingscope`,
  theirs: (file: string) =>
    `\`${file}\` is an archive, perhaps a backup of ThingsDB itself; move its collections with \`thingscope export\` and \`thingscope import\``,
  format: (file: string, found: string, expected: number) =>
    `\`${file}\` is a backup of format ${found}, but format ${expected} is expected`,
  damaged: (file: string, why: string) =>
    `backup \`${file}\` is damaged: ${why}`,
  headDamaged: () =>
    'its first line is not what was written',
  otherChange: (said: number, found: number) =>
    `its first line names change ${said}, but it holds the state after change ${found}`,
  listDamaged: (file: string) =>
    `\`${file}\`, the list of backups, is not what was written; repair it, or remove it to begin with no backups`,
} as const;

/** Findings of `thingscope verify`. */
export const verifying = {
  goodBackup: (id: number, collections: number) =>
    `good: the state after change ${id}, with ${collections} ${collections === 1 ? 'collection' : 'collections'}`,
  goodCheckpoint: (id: number) =>
    `checkpoint of change ${id}: good`,
  badCheckpoint: (id: number, why: string) =>
    `checkpoint of change ${id}: DAMAGED: ${why}`,
  noLog: () =>
    'log: empty',
  goodLog: (first: number, last: number) =>
    `log of changes ${first} to ${last}: good`,
  badLog: (why: string) =>
    `log: DAMAGED: ${why}`,
  torn: (first: number, last: number) =>
    `${first === last ? `change ${first}` : `changes ${first} to ${last}`} at the end of the log: not written whole, so nobody was told that it was stored; a start cuts it off`,
  opens: (last: number) =>
    `a start goes on from change ${last}`,
  recoverable: (until: number, directory: string) =>
    `all up to change ${until} can be had: thingscope recover ${directory} --until ${until} --to DIR`,
  lost: () =>
    'nothing holds the state before the log: restore a backup',
} as const;

const BACKUP = 'an older backup may (--backup FILE)';

/** Why `thingscope recover` cannot reach a point in time. */
export const recovering = {
  backupTooNew: (id: number, target: number) =>
    `the backup holds the state after change ${id}, which is later than change ${target}`,
  tooEarly: (target: number, oldest: number, held: Held) =>
    `nothing leads to the state after change ${target}: ${oldest > 0 ? `the oldest checkpoint is that of change ${oldest}, and ` : ''}${holds(held)}; ${BACKUP}`,
  timeTooEarly: (held: Held) =>
    `nothing leads to the state at that time: ${holds(held)}${held.last > 0 ? ', all made later' : ''}; ${BACKUP}`,
  gapBeforeTime: (backup: number, held: Held) =>
    `nothing leads from the backup, the state after change ${backup}, to that time: ${holds(held)}`,
} as const;
