import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fixedText, floatText, parseFloatLiteral, parseFloatText, roundDigits, roundHalfAway, shortestText } from '../../src/values/float.ts';

const SEED = 1905;

test('%g: six digits, ties to even', () => {
  const cases: [number, string][] = [
    [1, '1'], [0, '0'], [-0, '0'], [0.1, '0.1'], [-2.5, '-2.5'], [100000, '100000'], [1e6, '1e+06'], [1234567, '1.23457e+06'], [999999.5, '1e+06'],
    [123456.789, '123457'], [0.0001, '0.0001'], [0.00001, '1e-05'], [99999.95, '99999.9'], [16777216, '1.67772e+07'], [-1e-5, '-1e-05'],
    [1234565, '1.23456e+06'], [1234575, '1.23458e+06'], [100000.5, '100000'], [123456.5, '123456'], [123457.5, '123458'], [1e100, '1e+100'],
    [0.00012345, '0.00012345'], [0.000012345, '1.2345e-05'], [Infinity, 'inf'], [-Infinity, '-inf'], [NaN, 'nan'],
  ];
  for (const [x, want] of cases) expect(floatText(x)).toBe(want);
});

test('%g reads back within half a unit of the sixth digit', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
      const back = parseFloatText(floatText(x));
      // A subnormal may be all of its digits away.
      if (Math.abs(x) > 1e-300) expect(Math.abs(back - x)).toBeLessThanOrEqual(Math.abs(x) * 5.0001e-6);
    }),
    { seed: SEED, numRuns: 3000 },
  );
});

test('shortest digits in the layout of C', () => {
  const cases: [number, string][] = [
    [1.5, '1.5'], [2, '2.0'], [0, '0.0'], [-0, '0.0'], [0.1, '0.1'], [0.1 + 0.2, '0.30000000000000004'], [1e20, '1e+20'], [1e15, '1000000000000000.0'],
    [1.5e-7, '1.5e-07'], [1e17, '100000000000000000.0'], [2 ** 63, '9223372036854775808.0'], [1e-5, '1e-05'], [0.0001, '0.0001'], [-2.5e30, '-2.5e+30'],
    [1.7976931348623157e308, '1.7976931348623157e+308'], [5e-324, '5e-324'],
  ];
  for (const [x, want] of cases) expect(shortestText(x)).toBe(want);
});

test('shortest digits read back equal', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
      expect(parseFloatText(shortestText(x))).toBe(x + 0);
    }),
    { seed: SEED, numRuns: 3000 },
  );
});

test('%f', () => {
  const cases: [number, string][] = [[0, '0.000000'], [-1.5, '-1.500000'], [0.0078125, '0.007812'], [3 / 128, '0.023438'], [Infinity, 'inf'], [1e21, '1000000000000000000000.000000']];
  for (const [x, want] of cases) expect(fixedText(x)).toBe(want);
});

test('texts are read as strtod reads them', () => {
  const cases: [string, number][] = [
    ['5', 5], ['5.', 5], ['.5', 0.5], ['.', 0], ['1e', 1], ['1E+5', 1e5], [' +.5e1x', 5], ['1_000.5', 1], ['1,5', 1], ['--1', 0], ['abc', 0], ['', 0], ['١', 0],
    ['inf', Infinity], ['-Infinity', -Infinity], ['infx', Infinity], ['in', 0], ['1e400', Infinity], ['-1e400', -Infinity],
    ['0x10', 16], ['0x1.8p1', 3], ['0x.8', 0.5], ['0x1p', 1], ['0x', 0], ['0x1.fffffffffffff8p0', 2], ['0x1p-1074', 5e-324], ['0x1p-1075', 0],
    ['0x1.8p-1075', 5e-324], ['0x1p1023', 2 ** 1023], ['0x1p1024', Infinity], ['0x0.' + '0'.repeat(100) + '1p404', 1], ['0x1' + '0'.repeat(100), 2 ** 400],
    // Where the server gives minus infinity.
    ['1e-400', 0], ['1e-310', 1e-310], ['4.9e-324', 5e-324],
  ];
  for (const [text, want] of cases) expect(parseFloatText(text), text).toBe(want);
  expect(parseFloatText('nan(abc)')).toBeNaN();
  expect(Object.is(parseFloatText('-0'), 0) && Object.is(parseFloatText('-1e-400'), 0) && Object.is(parseFloatLiteral('-0.0'), 0)).toBe(true);
});

test('a decimal number is read alike whatever is around it', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^-?[0-9]{1,20}(\.[0-9]{0,20})?$/), text => {
      expect(parseFloatText(text)).toBe(Number(text) + 0);
      for (const around of [` ${text}`, `${text}x`, `${text}é`]) expect(parseFloatText(around), around).toBe(parseFloatText(text));
    }),
    { seed: SEED },
  );
});

test('hexadecimal floats are exact', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 53n - 1n }), fc.integer({ min: -1074, max: 900 }), (m, e) => {
      const want = e < -1000 ? Number(m) * 2 ** -1000 * 2 ** (e + 1000) : Number(m) * 2 ** e;
      // Below the normal numbers the product above may round; there it must be exact already.
      if (e >= -1000 || m < 2n ** 20n) expect(parseFloatText(`0x${m.toString(16)}p${e}`)).toBe(want);
    }),
    { seed: SEED },
  );
});

test('round: halves away from zero, through a product as in C', () => {
  expect([2.4, 2.5, 3.5, -2.5, -2.4, 0.5, -0.5, 0.49999999999999994].map(roundHalfAway).map((x) => x + 0)).toEqual([2, 3, 4, -3, -2, 1, -1, 0]);
  const cases: [number, number, number][] = [
    [1.005, 2, 1], [2.675, 2, 2.68], [0.285, 2, 0.28], [2.55, 1, 2.6], [12345.678, -2, 12300], [12355.678, -1, 12360], [99999, -5, 99999.99999999999],
    [1e300, 5, 1.0000000000000002e300], [123.456, 300, 123.45599999999999], [1e308, -308, 1e308], [Infinity, 2, Infinity],
    // Where the server gives nan or inf.
    [1.5, 400, 1.5], [1.5, -400, 0], [1e300, 10, 1e300],
  ];
  for (const [x, digits, want] of cases) expect(roundDigits(x, digits), `${x}, ${digits}`).toBe(want);
});
