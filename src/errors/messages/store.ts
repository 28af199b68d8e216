/** Texts about storage. They are ours: ThingsDB has none of them. */
export const store = {
  refused: (why: string) =>
    `changes are refused at the moment, since they cannot be stored: ${why}`,
  notStored: (why: string) =>
    `what this answer has seen is not stored yet (${why}); it is kept and stored as soon as possible, but lost if the server ends before`,
} as const;
