import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JsonProblem, readJson, type JsonHandler } from '../../src/values/json-text.ts';

/** What the handler is told, one letter or value each. */
function told(text: string): string | unknown[] {
  const out: unknown[] = [];
  const handler: JsonHandler = {
    nil: () => void out.push(null),
    bool: value => void out.push(value),
    int: value => void out.push(value),
    float: value => void out.push({ float: value }),
    str: value => void out.push(value),
    array: () => void out.push('['),
    map: () => void out.push('{'),
    key: name => void out.push(`${name}:`),
    end: () => void out.push('.'),
  };
  try {
    readJson(text, handler);
  } catch (e) {
    if (!(e instanceof JsonProblem)) throw e;
    return e.why;
  }
  return out;
}

test('values', () => {
  expect(told(' {"a": [1, -2.5, 1e3, null, true], "b": {}} ')).toEqual(['{', 'a:', '[', 1, { float: -2.5 }, { float: 1000 }, null, true, '.', 'b:', '{', '.', '.']);
  expect(told('-0')).toEqual([0]);
  expect(told('-0.0')).toEqual([{ float: 0 }]);
  expect(told('9223372036854775807')).toEqual([9223372036854775807n]);
  expect(told('-9223372036854775808')).toEqual([-9223372036854775808n]);
  expect(told('"\\ud83c\\udf88\\ud83c\\u0041\\udf88"')).toEqual(['🎈\ufffdA\ufffd']);
});

test('what is wrong', () => {
  const cases: [string, string][] = [
    ['', 'parse error: premature EOF'],
    ['[1, 2', 'parse error: premature EOF'],
    ['{"a"', 'parse error: premature EOF'],
    ['[1 "abc', 'parse error: premature EOF'],
    ['[1] "', 'parse error: trailing garbage'],
    ['1 2', 'parse error: trailing garbage'],
    ['[1,]', 'parse error: unallowed token at this point in JSON text'],
    ['{"a":1,}', 'parse error: invalid object key (must be a string)'],
    ['{nul:1}', 'lexical error: invalid string in json text.'],
    ['{"a" 1}', "parse error: object key and value must be separated by a colon (':')"],
    ['{"a" @}', 'lexical error: invalid char in json text.'],
    ['[1 /', 'lexical error: probable comment found in input text, comments are not enabled.'],
    ['[1-2]', "parse error: after array element, I expect ',' or ']'"],
    ['{"a":1-}', 'lexical error: malformed number, a digit is required after the minus sign.'],
    ['9223372036854775808', 'parse error: integer overflow'],
    [`1${'0'.repeat(100_000)}`, 'parse error: integer overflow'],
    ['1e400', 'parse error: numeric (floating point) overflow'],
    ['"\udcc3"', 'lexical error: invalid bytes in UTF8 string.'],
  ];
  for (const [text, why] of cases) expect(told(text), text).toBe(why);
});

test('the same texts are JSON as for the platform', () => {
  const piece = fc.constantFrom('[', ']', '{', '}', ',', ':', '"a"', '1', '-', '.5', 'e3', 'true', 'nul', ' ', '"\\u12', '0');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), pieces => {
      const text = pieces.join('');
      let valid = true;
      try {
        JSON.parse(text);
      } catch {
        valid = false;
      }
      expect(typeof told(text) !== 'string').toBe(valid);
    }),
    { seed: 1905, numRuns: 20_000 },
  );
});
