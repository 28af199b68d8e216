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
