/** Why a text is no JSON: the words of the parser that ThingsDB uses, and the line end that it puts behind them left out. */
const lexical = (why: string): string => `lexical error: ${why}`;
const parse = (why: string): string => `parse error: ${why}`;

export const json = {
  eof: parse('premature EOF'),
  trailing: parse('trailing garbage'),
  token: parse('unallowed token at this point in JSON text'),
  key: parse('invalid object key (must be a string)'),
  colon: parse("object key and value must be separated by a colon (':')"),
  afterPair: parse("after key and value, inside map, I expect ',' or '}'"),
  afterItem: parse("after array element, I expect ',' or ']'"),
  intOverflow: parse('integer overflow'),
  floatOverflow: parse('numeric (floating point) overflow'),
  char: lexical('invalid char in json text.'),
  word: lexical('invalid string in json text.'),
  comment: lexical('probable comment found in input text, comments are not enabled.'),
  minus: lexical('malformed number, a digit is required after the minus sign.'),
  dot: lexical('malformed number, a digit is required after the decimal point.'),
  exponent: lexical('malformed number, a digit is required after the exponent.'),
  escape: lexical("inside a string, '\\' occurs before a character which it may not."),
  hex: lexical("invalid (non-hex) character occurs after '\\u' inside string."),
  control: lexical('invalid character inside string.'),
  utf8: lexical('invalid bytes in UTF8 string.'),
  tooDeep: 'JSON max depth exceeded',
  option: (name: string): string => `invalid option \`${name}\` for function \`json_dump\``,
} as const;
