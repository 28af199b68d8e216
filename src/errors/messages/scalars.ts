/** Texts of the functions on strs, errors, numbers and JSON. ThingsDB's, to the letter. */
export const scalars = {
  convert: (from: string, to: string): string => `cannot convert type \`${from}\` to \`${to}\``,
  noUtf8: (): string => 'binary data has no valid UTF8 encoding',

  emptySeparator: (): string => 'empty separator',
  splitCount: (): string => 'function `split` takes at most 1 argument when the first argument is of type `int`',
  backwardSplit: (): string => 'function `split` does not support backward (negative) splits when used with a regular expression',
  replaceEmpty: (): string => 'replace an empty string',
  backwardReplace: (): string => 'function `replace` does not support backward (negative) replacements when used with a regular expression',
  replaceCallback: (got: string): string => `replace callback is expecting a return value of type \`str\` but got type \`${got}\` instead`,

  errorUtf8: (): string => 'error messages must have valid UTF8 encoding',
  errorLength: (max: number, got: number): string => `error messages should not exceed ${max} characters, got ${got} characters`,
  errorCode: (fn: string, lowest: number, highest: number, got: number | bigint): string =>
    `function \`${fn}\` expects an error code between ${lowest} and ${highest} but got ${got} instead`,
  tryErrors: (got: string): string => `function \`try\` expects arguments 2..X to be of type \`error\` but got type \`${got}\` instead`,
  assertion: (source: string): string => `assertion statement \`${source}\` has failed`,
  invalidType: (got: string): string => `invalid type \`${got}\``,
  typeNames: (got: string): string =>
    `function \`type_assert\` expects argument 2 to be a list or tuple of type \`str\` but got type \`${got}\` instead`,

  emptyRange: (): string => 'function `randint` does not accept an empty range',
  randstrLength: (max: number): string => `function \`randstr\` requires a length between 0 and ${max}`,
  randstrEmpty: (): string => 'function `randstr` requires a character set with at least one valid ASCII character',
  randstrAscii: (): string => 'function `randstr` requires a character set with ASCII characters only',

  notSingle: (): string => 'closure is expecting exactly one statement',
  notClosure: (): string => 'node is not a closure',
  closureSyntax: (): string => 'invalid syntax in closure',
};
