/** What a query is told. These texts are ours: ThingsDB has none of them. */
export const store = {
  refused: (why: string) =>
    `changes are refused at the moment, since they cannot be stored: ${why}`,
  replacing: () =>
    'a backup is being restored',
  notStored: (why: string) =>
    `what this answer has seen is not stored yet (${why}); it is kept and stored as soon as possible, but lost if the server ends before`,
} as const;

/** Why a snapshot cannot be read. Blocks are numbered from 0. */
export const snapshots = {
  blockDamaged: (number: number) =>
    `block ${number} of the snapshot is damaged: it is not what was written`,
  blockOrder: (number: number, found: number) =>
    `block ${number} of the snapshot is missing: block ${found} is in its place`,
  blockCut: (number: number) =>
    `the snapshot ends within block ${number}`,
  noEnd: (blocks: number) =>
    `the snapshot ends after ${blocks} blocks, before its end`,
  afterEnd: (number: number) =>
    `block ${number} of the snapshot comes after its end`,
  format: (found: number, expected: number) =>
    `the snapshot has format ${found}, but format ${expected} is expected`,
  noSense: (number: number, why: string) =>
    `block ${number} of the snapshot makes no sense: ${why}`,
} as const;

/** Changes of a log; 0 when there is none. */
export interface Held {
  readonly first: number;
  readonly last: number;
}

export const holds = ({ first, last }: Held): string => (last === 0 ? 'the log is empty' : `the log holds changes ${first} to ${last}`);

/** Why a store cannot be opened, or go on. */
export const storage = {
  missing: (id: number, found: number) =>
    `change ${id} is missing: the log goes on with change ${found}`,
  damaged: (id: number, file: string) =>
    `change ${id} is damaged: it is not in \`${file}\` as it was written`,
  whatHelps: (why: string, directory: string) =>
    `${why}. \`thingscope verify ${directory}\` says what is good, and \`thingscope recover ${directory} --until CHANGE_ID --to DIR\` gets all up to a change; else restore a backup`,
  logFormat: (file: string, found: number, known: readonly number[]) =>
    `the log \`${file}\` has format ${found}, but this version reads ${known.join(' and ')}: use the ${found > Math.max(...known) ? 'newer' : 'older'} version that wrote it`,
  lost: (from: number, to: number, why: string) =>
    `changes ${from} to ${to} are lost, since they could not be stored: ${why}`,
  checkpointFailed: (why: string) =>
    `a checkpoint could not be written (${why}); the log keeps all changes meanwhile, and it is tried again when it has grown`,
  checkpointDamaged: (file: string, why: string) =>
    `the checkpoint \`${file}\` cannot be used: ${why}`,
  noStateBefore: (first: number) =>
    `the log begins with change ${first}, but nothing holds the state before it`,
  undecided: (why: string) =>
    `a backup was being restored when writing failed (${why}): only a restart tells whether its state or the one before is kept`,
  storeThere: (directory: string) =>
    `\`${directory}\` holds a store already; take a directory without one`,
  trimmed: (from: number, first: number) =>
    `change ${from} is not in the log any more: it begins with change ${first}`,
  noLog: (from: number) =>
    `change ${from} is not there: a database in memory keeps no log`,
  noStore: (directory: string) =>
    `there is no store in \`${directory}\``,
  gap: (from: number, held: Held) =>
    `change ${from} is not there: ${holds(held)}`,
  ends: (until: number, last: number) =>
    `change ${until} is not there: change ${last} is the last`,
  olderCheckpoint: (id: number) =>
    `going on with the checkpoint of change ${id} and the log after it`,
  earlierLayout: (directory: string, file: string) =>
    `\`${directory}\` holds a store in an earlier layout (\`${file}\`, of LMDB), which this version does not read: export its collections with the version that wrote it`,
} as const;
