import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { QueryError } from '../../src/errors/query-error.ts';
import * as int from '../../src/values/int.ts';
import type { Int } from '../../src/values/int.ts';

const SEED = 1905;
const MIN = int.INT_MIN;
const MAX = int.INT_MAX;

/** Ints of all sizes, with the edges of each of their forms. */
const anyInt: fc.Arbitrary<Int> = fc
  .oneof(
    fc.integer({ min: -10, max: 10 }).map(BigInt),
    fc.integer().map(BigInt),
    fc.bigInt({ min: MIN, max: MAX }),
    fc.bigInt({ min: -(2n ** 54n), max: 2n ** 54n }),
    fc.constantFrom(0n, -1n, 1n, MIN, MIN + 1n, MAX, MAX - 1n, 2n ** 53n, 2n ** 53n - 1n, -(2n ** 53n), 1n - 2n ** 53n, 2n ** 32n, 2n ** 31n, -(2n ** 31n)),
  )
  .map(int.fromBigInt);

/** The code of the error that `f` raises, or its value, which must be in the one form that ints have. */
function outcome(f: () => Int): Int | string {
  try {
    const r = f();
    expect(int.isInt64(r), String(r)).toBe(true);
    return r;
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    return error.name;
  }
}

const exact = (big: bigint): Int | string => (big < MIN || big > MAX ? 'overflow_err' : int.fromBigInt(big));

function againstBigInt(f: (a: Int, b: Int) => Int, model: (a: bigint, b: bigint) => Int | string): void {
  fc.assert(
    fc.property(anyInt, anyInt, (a, b) => {
      expect(outcome(() => f(a, b))).toBe(model(BigInt(a), BigInt(b)));
    }),
    { seed: SEED, numRuns: 4000 },
  );
}

describe('arithmetic agrees with BigInt', () => {
  test('add', () => againstBigInt(int.add, (a, b) => exact(a + b)));
  test('sub', () => againstBigInt(int.sub, (a, b) => exact(a - b)));
  test('mul', () => againstBigInt(int.mul, (a, b) => exact(a * b)));
  test('div', () => againstBigInt(int.div, (a, b) => (b === 0n ? 'zero_div_err' : exact(a / b))));
  test('mod', () =>
    againstBigInt(int.mod, (a, b) => (b === 0n ? 'zero_div_err' : a === MIN && b === -1n ? 'overflow_err' : exact(a % b))));
  test('and', () => againstBigInt(int.and, (a, b) => exact(a & b)));
  test('or', () => againstBigInt(int.or, (a, b) => exact(a | b)));
  test('xor', () => againstBigInt(int.xor, (a, b) => exact(a ^ b)));
  test('shl', () => againstBigInt(int.shl, (a, b) => exact(BigInt.asIntN(64, a << (b & 63n)))));
  test('shr', () => againstBigInt(int.shr, (a, b) => exact(a >> (b & 63n))));
  test('neg', () => againstBigInt((a) => int.neg(a), (a) => exact(-a)));
  test('not', () => againstBigInt((a) => int.not(a), (a) => exact(~a)));
  test('abs', () => againstBigInt((a) => int.abs(a), (a) => exact(a < 0n ? -a : a)));
  test('compare', () => againstBigInt((a, b) => int.compare(a, b), (a, b) => (a < b ? -1 : a > b ? 1 : 0)));
  test('bitCount', () =>
    againstBigInt((a) => int.bitCount(a), (a) => [...(a < 0n ? -a : a).toString(2)].filter((c) => c === '1').length));
});

test('the products that the C server gets wrong or dies of', () => {
  expect(int.mul(5, -1)).toBe(-5);
  expect(Object.is(int.mul(0, -1), 0)).toBe(true);
  expect(int.mul(int.add(MIN, 1), -1)).toBe(MAX);
  expect(outcome(() => int.mul(MIN, -1))).toBe('overflow_err');
  expect(outcome(() => int.div(MIN, -1))).toBe('overflow_err');
  expect(outcome(() => int.mod(MIN, -1))).toBe('overflow_err');
});

test('no result is -0', () => {
  for (const r of [int.mul(-3, 0), int.div(-1, 2), int.mod(-7, 7), int.neg(0), int.fromDouble(-0.5), int.parseLiteral('-0'), int.parseText('-0'), int.shr(0, 1)]) {
    expect(Object.is(r, 0)).toBe(true);
  }
});

test('an int of a double is cut towards zero', () => {
  expect(int.fromDouble(2.999)).toBe(2);
  expect(int.fromDouble(-2.999)).toBe(-2);
  expect(int.fromDouble(1e18)).toBe(10n ** 18n);
  expect(int.fromDouble(-(2 ** 63))).toBe(MIN);
  for (const x of [2 ** 63, -9.3e18, NaN, Infinity, -Infinity]) expect(outcome(() => int.fromDouble(x))).toBe('overflow_err');
});

test('isInt64 takes the canonical form only', () => {
  for (const x of [0, -1, Number.MAX_SAFE_INTEGER, 2n ** 53n, MAX, MIN]) expect(int.isInt64(x)).toBe(true);
  for (const x of [-0, 0.5, 2 ** 53, 5n, MAX + 1n, MIN - 1n, NaN, '1', null]) expect(int.isInt64(x)).toBe(false);
});

test('literals', () => {
  const cases: [string, Int | string][] = [
    ['0', 0], ['-0', 0], ['007', 7], ['-007', -7], ['+5', 5], ['0x1F', 31], ['-0x1F', -31], ['+0x1F', 31], ['-0b11', -3], ['0o17', 15],
    ['0b' + '1'.repeat(63), MAX], ['0b1' + '0'.repeat(63), 'overflow_err'], ['0o777777777777777777777', MAX], ['0x7fffffffffffffff', MAX],
    ['9223372036854775807', MAX], ['9223372036854775808', 'overflow_err'], ['-9223372036854775807', MIN + 1n],
    ['-9223372036854775808', 'overflow_err'], ['-0x8000000000000000', 'overflow_err'], ['00000000000000000000000000001', 1],
    ['9007199254740993', 9007199254740993n],
  ];
  for (const [text, want] of cases) expect(outcome(() => int.parseLiteral(text)), text).toBe(want);
});

test('texts are read as C reads them', () => {
  const cases: [string, Int | string][] = [
    ['12', 12], ['  12  ', 12], ['\t\n12', 12], ['12abc', 12], ['abc12', 0], ['', 0], [' ', 0], ['--1', 0], ['+-1', 0], [' +7x', 7],
    ['0x1f', 31], ['0X1F', 31], ['0xg', 0], ['0x', 0], ['-0x10', -16], ['1f', 1], ['017', 15], ['08', 0], ['018', 1], ['0o17', 0], ['0b11', 0],
    ['1e3', 1], ['9223372036854775807', MAX], ['9223372036854775808', 'overflow_err'], ['-9223372036854775808', MIN],
    ['-9223372036854775809', 'overflow_err'], ['0777777777777777777777', MAX], ['99999999999999999999 apples', 'overflow_err'],
    ['0'.repeat(128) + '12', 10], ['9'.repeat(1_000_000), 'overflow_err'], ['0x' + '0'.repeat(50) + 'f', 15],
  ];
  for (const [text, want] of cases) expect(outcome(() => int.parseText(text)), text.slice(0, 40)).toBe(want);
});

test('every int reads back from its text', () => {
  fc.assert(
    fc.property(anyInt, (a) => {
      expect(int.parseText(String(a))).toBe(a);
    }),
    { seed: SEED },
  );
});

/** C's `strtoll` with base 0, character by character. */
function strtoll(text: string): Int | 'overflow_err' {
  let rest = text.replace(/^[ \t\n\v\f\r]+/, '');
  const negative = rest.startsWith('-');
  if (negative || rest.startsWith('+')) rest = rest.slice(1);
  const base = /^0x[0-9a-f]/i.test(rest) ? 16n : rest.startsWith('0') ? 8n : 10n;
  if (base === 16n) rest = rest.slice(2);
  let n = 0n;
  for (const character of rest) {
    const digit = '0123456789abcdef'.indexOf(character.toLowerCase());
    if (digit < 0 || digit >= Number(base)) break;
    n = n * base + BigInt(digit);
  }
  if (negative) n = -n;
  if (n > 2n ** 63n - 1n || n < -(2n ** 63n)) return 'overflow_err';
  return Number.isSafeInteger(Number(n)) ? Number(n) : n;
}

test('any text is read as C reads it', () => {
  const digits = fc.oneof(fc.stringMatching(/^[0-9]{0,23}$/), fc.stringMatching(/^[0-7]{0,23}$/), fc.stringMatching(/^[0-9a-fA-F]{0,18}$/));
  const text = fc.tuple(fc.constantFrom('', '', ' ', '\t\n'), fc.constantFrom('', '', '-', '+', '--'), fc.constantFrom('', '', '', '0', '00', '0x', '0X0'), digits, fc.constantFrom('', '', ' ', 'x', '.5', '/', ':', 'é', '１', '\udc80'));
  fc.assert(
    fc.property(text, (pieces) => {
      expect(outcome(() => int.parseText(pieces.join('')))).toBe(strtoll(pieces.join('')));
    }),
    { seed: SEED, numRuns: 2000 },
  );
});
