/** Texts about the programs of modules: their states, and why a call fails. ThingsDB's, where it has the case. */

export const modulePrograms = {
  running: (): string => 'running',
  notInstalled: (): string => 'module not installed',
  notLoaded: (): string => 'module not loaded',
  installing: (): string => 'installing module...',
  stopping: (): string => 'stopping module...',
  restarting: (): string => 'restarting module...',
  tooManyRestarts: (): string => 'too many restarts detected; most likely the module is broken',
  configuration: (): string => 'configuration error; use `set_module_conf(..)` to update the module configuration',
  noPython: (): string => 'the Python interpreter is not found on this node',
  noFile: (): string => 'no such file or directory',

  cancelled: (): string => 'future cancelled before completion',
  timedOut: (name: string, seconds: number): string => `module \`${name}\` has not answered within ${seconds} seconds`,
  notConfigured: (name: string): string =>
    `module \`${name}\` is not configured; if you keep this error, then please check the module status`,
  tooManyCalls: (name: string, max: number): string => `module \`${name}\` has reached the maximum of ${max} waiting calls`,
  tooMuch: (name: string, max: number): string => `waiting requests for module \`${name}\` exceed the maximum of ${max} bytes`,
  answerTooLarge: (name: string, max: number): string => `answer of module \`${name}\` exceeds the maximum of ${max} bytes`,
  corrupt: (name: string): string => `got invalid or corrupt MsgPack data from module: \`${name}\``,
  errorData: (name: string): string => `invalid error data from module \`${name}\``,
  errorCode: (name: string, code: number | bigint): string => `invalid error code (${code}) received from module \`${name}\``,
  packetType: (name: string, type: string, number: number): string => `unexpected package type \`${type}\` (${number}) from module \`${name}\``,
  restArgument: (got: string): string => `expecting argument \`*\` to be of type \`thing\` or \`nil\` but got type \`${got}\` instead`,
};

/** Why a module cannot be downloaded; `where` is its repository. */
export const download = {
  notReached: (host: string, why: string): string => `cannot reach ${host} (${why})`,
  notFound: (file: string, where: string, withToken: boolean): string =>
    `\`${file}\` is not found in ${where}${withToken ? ', or the token may not read it' : '; a private repository needs a token'}`,
  tokenRefused: (where: string): string => `the token for ${where} is not accepted`,
  accessRefused: (where: string): string => `no access to ${where}`,
  tooManyRequests: (where: string): string => `GitHub takes no more requests for ${where} at the moment; with a token it takes more`,
  status: (file: string, where: string, status: number): string => `GitHub answers with status ${status} to the request for \`${file}\` in ${where}`,
  tooLarge: (file: string, max: number): string => `\`${file}\` exceeds the maximum of ${max} bytes`,
  tooMany: (files: number, max: number): string => `module.json names ${files} files, which exceeds the maximum of ${max}`,
  tooSlow: (seconds: number): string => `not downloaded within ${seconds} seconds`,
  pip: (how: string, last: string): string => `pip cannot install the packages (${how})${last === '' ? '' : `: ${last}`}`,
  failed: (name: string, why: string): string => `cannot download module \`${name}\`: ${why}`,
};

/** Why a `module.json` cannot be used. */
export const manifest = {
  json: (): string => 'unexpected error in module.json',
  missing: (key: string): string => `missing required \`${key}\` in module.json`,
  noPlatform: (platform: string): string => `\`main\` in module.json names no file for this platform (${platform})`,
  unsupportedKey: (key: string, exposed: boolean): string => `unsupported key \`${key}\` ${exposed ? 'used in exposed function ' : ''}in module.json`,
  expecting: (what: string, got: string): string => `expecting ${what} in module.json, not ${got}`,
  versionEmpty: (): string => '`version` in module.json must not be an empty string',
  versionFormat: (): string => 'invalid `version` format in module.json',
  fileEmpty: (what: string): string => `${what} in module.json must not be an empty string`,
  fileCharacters: (what: string): string => `${what} in module.json contains illegal characters`,
  fileAbsolute: (what: string): string => `${what} in module.json must not start with a \`/\``,
  fileRelative: (what: string): string => `${what} in module.json must not contain \`..\` or \`./\` to specify a relative path`,
  exposeName: (): string => 'invalid expose function name in module.json',
  exposeClosure: (): string => 'exposing string is not a closure: invalid syntax in closure',
  argmapTwice: (name: string): string => `value \`${name}\` exists more than once as \`argmap\` item in module.json`,
};
