import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cos, exp, log, pow, sin, tan } from '../../src/values/precise.ts';

const SEED = 1905;

test('pow is C-like', () => {
  expect([pow(1, NaN), pow(-1, Infinity), pow(-1, -Infinity), pow(1, Infinity), pow(NaN, 0), pow(0, 0)]).toEqual([1, 1, 1, 1, 1, 1]);
  expect(pow(-8, 0.5)).toBeNaN();
  expect([pow(2, -1074), pow(10, -5), pow(1.1, 100), pow(-2, 3), pow(10, 308), pow(9, 0.5), pow(0, -1)]).toEqual([5e-324, 1e-5, 13780.61233982238, -8, 1e308, 3, Infinity]);
});

test('whole powers of ten are the literals', () => {
  for (let n = -250; n <= 250; n++) expect(pow(10, n)).toBe(Number(`1e${n}`));
});

test('answers of the C library', () => {
  expect([exp(2.5), exp(-5.1), exp(1), exp(0), exp(710), exp(-800), exp(1e-10)]).toEqual([12.182493960703473, 0.006096746565515638, Math.E, 1, Infinity, 0, 1.0000000001]);
  expect([log(10), log(2), log(Math.E), log(1), log(Infinity), log(1.0000000001)]).toEqual([2.302585092994046, 0.6931471805599453, 1, 0, Infinity, 1.000000082690371e-10]);
  expect([sin(1.3), cos(1.3), tan(1.3), sin(Math.PI), tan(Math.PI), cos(Math.PI / 3), cos(0), sin(0), sin(1e-5), tan(Math.PI / 2)]).toEqual([
    0.963558185417193, 0.26749882862458735, 3.6021024479679786, 1.2246467991473532e-16, -1.2246467991473532e-16, 0.5000000000000001, 1, 0, 9.999999999833334e-6, 1.633123935319537e16,
  ]);
  expect([sin(1e10), sin(100000.5), pow(2.5, 3.7), pow(1.0000001, 1e9)]).toEqual([-0.4875060250875107, -0.4477465716572126, 29.67413253642086, 2.6881038582144647e43]);
});

/** Distance in units of the last place. */
const units = (a: number, b: number): number => Math.abs(a - b) / (Math.max(Math.abs(b), 1e-300) * Number.EPSILON);

test('never far from the platform', () => {
  fc.assert(
    fc.property(fc.double({ min: -500, max: 500, noNaN: true }), fc.double({ min: 1e-5, max: 1e5, noNaN: true }), (x, y) => {
      expect(units(exp(x), Math.exp(x))).toBeLessThan(2);
      expect(units(log(y), Math.log(y))).toBeLessThan(2);
      expect(units(sin(x), Math.sin(x))).toBeLessThan(2);
      expect(units(cos(x), Math.cos(x))).toBeLessThan(2);
      expect(units(tan(x), Math.tan(x))).toBeLessThan(3);
      expect(units(pow(y, x / 10), y ** (x / 10))).toBeLessThan(3);
    }),
    { seed: SEED, numRuns: 5000 },
  );
});

test('powers and their inverses', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 1000 }), fc.integer({ min: 1, max: 5 }), (x, n) => {
      expect(pow(x, n)).toBe(Number(BigInt(x) ** BigInt(n)));
      expect(pow(x * x, 0.5)).toBe(x);
    }),
    { seed: SEED },
  );
});
