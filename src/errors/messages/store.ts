/** Texts about storage. They are ours: ThingsDB has none of them. */
export const store = {
  refused: (why: string) =>
    `changes are refused at the moment, since they cannot be stored: ${why}`,
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
