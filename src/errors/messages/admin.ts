/** Texts about users, tokens, privileges, collections, modules, history and nodes. ThingsDB's, to the letter. */

/** What is printable ASCII and of a sensible length is shown, anything else is not. */
const shown = (name: string): string => (/^[ -~]{0,99}$/.test(name) ? ` \`${name}\`` : '');

export const users = {
  notFound: (name: string): string => `user${shown(name)} not found`,
  exists: (name: string): string => `user \`${name}\` already exists`,
  nameLength: (): string => 'username must be between 1 and 128 characters',
  nameCharacters: (): string => 'username should should only contain graphical characters',
  ownAccount: (): string => 'it is not possible to delete your own user account',
  passwordShort: (): string => 'password should be at least 1 characters',
  passwordLong: (): string => 'password should be less than 128 characters',
  passwordCharacters: (): string => 'password should only contain printable characters',
  infoOnlyOwn: (scope: string): string =>
    `function \`user_info\` can only be used in the \`${scope}\` scope without arguments; you might want to query the \`@thingsdb\` scope?`,
  ownPrivileges: (): string => 'it is not possible to revoke your own `GRANT` and/or `QUERY` privileges',
};

export const tokens = {
  notFound: (key: string): string => `token${shown(key)} not found`,
  noKey: (fn: string): string => `function \`${fn}\` expects argument 1 to be token string`,
  quota: (user: string, max: number): string => `user \`${user}\` has reached the maximum of ${max} tokens`,
  past: (): string => 'cannot set an expiration time in the past',
  tooFar: (): string => 'expiration time is too far in the future',
  option: (key: string): string =>
    `unknown token option${shown(key)}; expecting \`name\`, \`access\`, \`privileges\`, \`scopes\`, \`procedures\` or \`rooms\``,
  optionType: (key: string, want: string, got: string): string => `token option \`${key}\` is expecting type ${want} but got type \`${got}\` instead`,
  optionLength: (key: string, max: number): string => `token option \`${key}\` must have at most ${max} items`,
  optionName: (key: string): string => `names in token option \`${key}\` must follow the naming rules`,
  pair: (key: string): string => `token option \`${key}\` is expecting pairs: lists of a scope and ${key === 'scopes' ? 'privileges' : 'a name'}`,
  noSuchScope: (key: string, scope: string): string => `scope \`${scope}\` has no ${key}`,
  access: (): string => 'token option `access` must be "read_write" or "read_only"',
  name: (max: number): string => `token names must have at most ${max} characters, none of them a control character`,
};

export const whitelists = {
  unknown: (): string => 'invalid whitelist; expecting "rooms" or "procedures"',
  exists: (): string => 'whitelist already exists',
  notFound: (): string => 'whitelist not found',
  rule: (): string => 'whitelist is expecting either a regular expression or a string according the naming rules',
  ruleType: (got: string): string => `whitelist is expecting type \`str\` or \`regex\` but got type \`${got}\` instead`,
  ruleExists: (rule: string): string => `${rule.length > 99 ? '' : `${rule} `}already in whitelist`,
  ruleNotFound: (rule: string): string => `${rule.length > 99 ? '' : `${rule} `}not found in whitelist`,
  procedure: (name: string): string => `no match in whitelist for \`${name}\``,
  room: (room: string): string => `no match in whitelist for room \`${room}\``,
  roomId: (id: number): string => `no match in whitelist for \`room:${id}\``,
};

export const collections = {
  naming: (): string => 'collection name must follow the naming rules',
  exists: (name: string): string => `collection \`${name}\` already exists`,
  /** ThingsDB prints ids as unsigned numbers. */
  idNotFound: (id: number | bigint): string => `\`collection:${BigInt.asUintN(64, BigInt(id))}\` not found`,
  type: (got: string): string => `expecting type \`str\` or \`int\` as collection but got type \`${got}\` instead`,
};

export const procedures = {
  naming: (): string => 'procedure name must follow the naming rules',
  exists: (name: string): string => `procedure \`${name}\` already exists`,
  notFound: (name: string): string => `procedure \`${name}\` not found`,
  runOnNode: (): string => 'cannot make a `run` request to the `node` scope',
};

export const modules = {
  naming: (): string => 'module name must follow the naming rules',
  exists: (name: string): string => `module \`${name}\` already exists`,
  notFound: (name: string): string => `module \`${name}\` not found`,
  sourceEmpty: (): string => 'source argument must not be an empty string',
  sourceCharacters: (): string => 'source argument contains illegal characters',
  sourceAbsolute: (): string => 'source argument must not start with a `/`',
  sourceRelative: (): string => 'source argument must not contain `..` or `./` to specify a relative path',
  bytesOnly: (got: string): string =>
    `function \`deploy_module\` expects argument 2 to be of type \`bytes\` or \`nil\` but got type \`${got}\` instead; ` +
    'type `str` is only allowed for Python modules',
  strOnly: (got: string): string =>
    `function \`deploy_module\` expects argument 2 to be of type \`str\` or \`nil\` but got type \`${got}\` instead; ` +
    'type `bytes` is only allowed for file sources',
  noArguments: (): string => 'modules must be called using at least 1 argument but 0 were given',
  argumentType: (got: string): string => `expecting the first module argument to be of type \`thing\` but got type \`${got}\` instead`,
  restricted: (name: string, scope: string): string => `module \`${name}\` is restricted to scope \`${scope}\``,
  link: (text: string): string =>
    `not a valid GitHub module link; expecting something like github.com/owner/repo[:token][@tag/branch] but got \`${text}\``,
};

export const history = {
  disabled: (): string => 'commit history is not enabled',
  withoutChange: (): string => 'commit without a change',
  alreadySet: (): string => 'commit message already set',
  noNode: (): string => 'commit history is not supported by `@node` scopes',
  notAllowed: (origin: string): string => `function \`commit\` is not allowed in a ${origin}`,
  emptyMessage: (): string => 'commit message must not be empty',
  disabledFor: (scope: string): string => `commit history is not enabled for the \`${scope}\` scope`,
};

export const scopeArgument = {
  type: (got: string): string => `expecting a scope to be of type \`str\` but got type \`${got}\` instead`,
};

export const historyOptions = {
  needsOne: (): string =>
    'at least one of the following options must be set: `contains`, `match`, `id`, `first`, `last`, `before`, `after`, `has_err`',
  invalid: (name: string, valid: readonly string[]): string =>
    `invalid option \`${name}\` was provided; valid options are: ${valid.map(option => `\`${option}\``).join(', ')}`,
  type: (name: string, want: string, got: string): string => `expecting \`${name}\` to be of type ${want} but got type \`${got}\` instead`,
  negative: (name: string): string => `option \`${name}\` expects an integer value greater than or equal to 0`,
  empty: (name: string): string => `option \`${name}\` must be a non empty string`,
  noScope: (): string => 'no scope found with commit history enabled',
  manyScopes: (): string =>
    'more than one scope has commit history enabled; you must use the `scope` option to tell ThingsDB which scope to use',
};

export const nodes = {
  notFound: (id: number | bigint): string => `node with id ${id} not found`,
  active: (id: number): string => `\`node:${id}\` is still active; shutdown the node before removal`,
  idRange: (fn: string): string => `function \`${fn}\` expects argument 1 to be an integer value between 0 and 4294967295`,
  secret: (): string => 'a `secret` is required and should only contain graphical characters',
  port: (port: number | bigint): string => `\`port\` should be an integer value between 1 and 65535, got ${port}`,
  /** Ours. */
  tooMany: (max: number): string => `a cluster has ${max} nodes at most`,
  /** Ours: a node by itself has no others. */
  noCluster: (): string => 'this node is not part of a cluster; nodes can only be added to a cluster',
};

export const backups = {
  notFound: (id: number | bigint): string => `backup with id ${id} not found`,
  fileName: (): string => 'expecting a backup file-name to end with `.tar.gz`',
  positive: (fn: string): string => `function \`${fn}\` expects argument 1 to be a positive integer value`,
  notNegative: (fn: string): string => `function \`${fn}\` expects argument 1 to be an integer value greater than or equal to 0`,
};

export const restore = {
  invalid: (name: string): string => `invalid restore option \`${name}\``,
  type: (name: string, got: string): string => `${name} must be of type \`bool\` but got type \`${got}\` instead`,
  both: (): string => 'take_access and restore_tasks cannot both be set to true',
  remaining: (what: 'task' | 'module', count: number): string =>
    `restore requires all existing ${what}s to be removed; there ${count === 1 ? `is still 1 ${what}` : `are still ${count} ${what}s`} found`,
  apart: (): string => 'function `restore` must not be used in a future or a task',
  changed: (): string => 'a change was made while the backup was read; nothing is restored',
  tooLarge: (max: number): string => `a cluster cannot restore a state of more than ${max} MiB; make the data of a node by \`thingscope restore FILE --path DIR\`, and let the others join it`,
  busy: (): string => 'another restore is busy; wait until the pending restore is finished and try again',
  noFile: (file: string): string => `tar: ${file}: Cannot open: No such file or directory`,
};

export const exporting = {
  withChange: (): string => 'function `export` must not be used with a change or future',
  invalidOption: (fn: string, name: string): string => `invalid ${fn} option \`${name}\``,
  optionType: (name: string, got: string): string => `${name} must be of type \`bool\` but got type \`${got}\` instead`,
  noData: (): string => 'no valid import data; make sure the bytes are created using the `export` function with the `dump` option enabled',
  damaged: (why: string): string => `failed to unpack collection data; ${why}`,
  notEmpty: (collection: string, what: string): string => `collection not empty; collection \`${collection}\` contains ${what}`,
  inUse: (collection: string): string => `collection \`${collection}\` is being used`,
};
