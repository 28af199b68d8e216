/** Texts about futures, tasks and rooms. ThingsDB's, to the letter. */
const args = (n: number): string => (n === 1 ? '1 argument' : `${n} arguments`);

export const futures = {
  perClosure: (): string => 'maximum future count on closure has been reached',
  active: (max: number): string => `maximum number of active futures (${max}) is reached`,
  oneThen: (): string => 'only one `then` case is allowed',
  oneElse: (): string => 'only one `else` case is allowed',
  first: (got: string): string =>
    `function \`future\` expects argument 1 to be of type \`thing\`, \`closure\` or \`nil\` but got type \`${got}\` instead`,
  atMostTwo: (): string => 'function `future` expects at most 2 arguments when the first argument is of type `closure`',
  count: (): string => 'number of future closure arguments must match the arguments in the provided list',
  storedArgument: (): string => 'context does not allow arguments which are stored by Id',
  noModule: (): string => 'missing `module` in future request',
  moduleType: (got: string): string => `expecting \`module\` to be of type \`str\` but got type \`${got}\` instead`,
};

export const tasks = {
  empty: (): string => 'empty task',
  notFound: (id: number | bigint): string => `task with id ${id} not found`,
  convert: (got: string): string => `cannot convert type \`${got}\` to \`task\``,
  quota: (max: number): string => `maximum number of tasks (${max}) is reached`,
  startRange: (): string => 'start time out-of-range',
  tooManyArgs: (given: number, takes: number): string =>
    `got ${given} task argument${given === 1 ? '' : 's'} while the given closure takes at most ${args(takes)}`,
  argumentType: (got: string): string => `type \`${got}\` is not allowed as a task argument in the \`@thingsdb\` scope`,
  locked: (id: number): string => `cannot use \`task:${id}\` while the task is locked`,
  noContext: (): string => 'requires a task context',
  otherContext: (id: number): string => `\`task:${id}\` does not match the current task context`,
  cancelled: (id: number): string => `\`task:${id}\` is cancelled`,
  underNse: (): string => 'operation on a task; remove `nse(...)` to enforce a change',
  needsWse: (): string => 'operation on a task; use `wse(...)` to enforce a change',
  ownerRights: (user: string, rights: string, caller: string, scope: string): string =>
    `user \`${user}\` has privileges (\`${rights}\`) that user \`${caller}\` is missing on scope \`${scope}\``,
};

export const rooms = {
  naming: (): string => 'room name must follow the naming rules',
  noId: (collection: string, id: number | bigint): string => `collection \`${collection}\` has no \`room\` with id ${id}`,
  noName: (collection: string, name: string): string => `collection \`${collection}\` has no \`room\` with name \`${name}\``,
  noStored: (scope: string): string => `scope \`${scope}\` has no stored rooms; you might want to query a \`@collection\` scope?`,
  convert: (got: string): string => `cannot convert type \`${got}\` to \`room\``,
  exists: (name: string): string => `room \`${name}\` already exists`,
  notStored: (): string => 'names can only be assigned to stored rooms (a room with an Id)',
  eventType: (got: string): string => `function \`emit\` expects the \`event\` argument to be of type \`str\` but got type \`${got}\` instead`,
  eventLength: (): string => 'function `emit` expects the `event` argument to be between 1 and 255 characters',
  deepCount: (): string => 'function `emit` requires at least 2 arguments when `deep` is used but 1 was given ',
  flagsCount: (): string => 'function `emit` requires at least 3 arguments when both `deep` and `flags` are used but 2 were given',
  collectionScope: (): string => 'expecting a `collection` scope',
  requestItem: (request: string): string => `${request} request only accepts integer room id's or string room names`,
  invalidEmit: (): string => 'invalid emit request',
  emitItem: (): string => 'emit request only accepts an integer room id or string room name',
};
