/** Texts about dates, times and zones. ThingsDB's, to the letter. */
const listed = (words: readonly string[]): string =>
  `${words.slice(0, -1).map((word) => `\`${word}\``).join(', ')} or \`${words.at(-1)!}\``;

export const time = {
  overflow: (): string => 'date/time overflow',
  localize: (): string => 'failed to localize time',
  outOfRange: (part: string, n: number | bigint, min: number, max: number): string => `${part} ${n} is out of range [${min}..${max}]`,
  dayOfMonth: (day: number): string => `day ${day} is out of range for month`,
  dayOfYear: (day: number): string => `day ${day} is out of range for year`,
  invalid: (): string => 'invalid date/time string',
  tooLarge: (): string => 'invalid date/time string (too large)',
  noMatch: (format: string): string => `invalid date/time string (does not match format \`${format}\`)`,
  formatLength: (): string => 'date/time format is restricted to a length between 2 and 80 characters',
  template: (): string => 'invalid date/time template',
  unknownZone: (): string => 'unknown time zone',
  noZone: (): string => 'expecting a time zone or offset; example time zone: `Europe/Amsterdam`; example offset: `+01`',
  invalidOffset: (): string => 'invalid offset; expecting format `+/-hh[mm]`, for example +0100 or -05',
  unit: (units: readonly string[]): string => `invalid unit, expecting one of ${listed(units)}`,
  part: (parts: readonly string[]): string => `function \`extract\` is expecting argument 1 to be ${listed(parts)}`,
  partType: (part: string, got: string): string => `${part} must be of type \`int\` but got type \`${got}\` instead`,
  constructorType: (fn: string, n: number, want: string, got: string, count: string): string =>
    `function \`${fn}\` expects argument ${n} to be of type ${want} (when called with ${count} arguments) but got type \`${got}\` instead`,
  zoneLast: (fn: string): string =>
    `function \`${fn}\` expects the last, and only the last argument to be of type \`str\` (when called with three or more arguments)`,
  convert: (from: string, to: string): string => `cannot convert type \`${from}\` to \`${to}\``,
};
