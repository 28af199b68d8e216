import fc from 'fast-check';
import { expect, test } from 'vitest';
import { QueryError } from '../../src/errors/query-error.ts';
import { JsonSink, jsonFloat, jsonToMsgpack } from '../../src/wire/json.ts';
import { Reader, Writer } from '../../src/wire/msgpack.ts';
import { unpackPlain } from '../../src/wire/plain.ts';
import { replay } from '../../src/wire/replay.ts';

function packed(text: string): Uint8Array {
  const out = new Writer();
  jsonToMsgpack(text, out);
  return out.copy();
}

function roundTrip(text: string): string {
  const sink = new JsonSink();
  replay(new Reader(packed(text)), sink);
  return sink.text;
}

test.each([
  [0, '0.0'], [1, '1.0'], [-2.5, '-2.5'], [0.1, '0.1'], [0.1 + 0.2, '0.30000000000000004'], [1e-4, '0.0001'], [1e-5, '1e-05'], [1.5e-7, '1.5e-07'],
  [1e19, '10000000000000000000.0'], [1e20, '1e+20'], [1.5e30, '1.5e+30'], [5e-324, '5e-324'], [1.7976931348623157e308, '1.7976931348623157e+308'],
])('the float %d is %s', (value, text) => {
  expect(jsonFloat(value)).toBe(text);
});

test('any float reads back equal', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      // Values have no -0.
      expect(Number(jsonFloat(value))).toBe(value === 0 ? 0 : value);
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('int and float stay apart', () => {
  expect(roundTrip(' [1, 1.0, -5, 1e2, 9223372036854775807, -9223372036854775808, 0, -0.5e-3] ')).toBe('[1,1.0,-5,100.0,9223372036854775807,-9223372036854775808,0,-0.0005]');
});

test('any JSON is read as the platform reads it', () => {
  fc.assert(
    fc.property(fc.json({ stringUnit: 'binary' }), (text) => {
      fc.pre(!/\d{19}/.test(text)); // beyond int64 it is refused
      const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? Number(item) : item)));
      expect(plain(unpackPlain(packed(text)))).toEqual(plain(JSON.parse(text)));
    }),
    { seed: 2, numRuns: 500 },
  );
});

test('escapes', () => {
  expect(unpackPlain(packed('"\\u00e9\\n\\/\\\\\\"\\ud83c\\udf89 \\ud83c!"'))).toBe('é\n/\\"🎉 \ufffd!');
});

test.each(['', ' ', '{', '[1', '[1,]', '{"a"}', '{"a":1,}', '{a:1}', "'a'", '"a', '"\\x"', '"\\u12"', '"\n"', 'tru', 'nul', '01', '1.', '.5', '+1', '1e', '-', 'NaN', '1 2', '[1]]', '9223372036854775808', '12345678901234567890', '['.repeat(10_000)])(
  'is no JSON: %#',
  (text) => {
    expect(() => packed(text)).toThrow(expect.any(QueryError));
  },
);
