/**
 * exp, log, pow, sin, cos and tan that are right to the last digit nearly always, as those of the C library are;
 * JavaScript's are not (`10 ** -5` is 0.000009999999999999999 in V8). Worked out in pairs of doubles, a value and
 * what it lacks, which together carry about 105 bits. Where a pair would leave the range of a double, the
 * platform's own function answers.
 */

/** A sum of two doubles, the second within half a unit of the last place of the first. */
type Pair = readonly [number, number];

const LN2: Pair = [0.6931471805599453, 2.3190468138462996e-17];
/** π/2 in three parts. */
const HALF_PI = [1.5707963267948966, 6.123233995736766e-17, -1.4973849048591833e-33] as const;

function add(a: Pair, b: Pair): Pair {
  const s = a[0] + b[0];
  const t = s - a[0];
  const e = a[0] - (s - t) + (b[0] - t) + a[1] + b[1];
  const high = s + e;
  return [high, e - (high - s)];
}

function mul(a: Pair, b: Pair): Pair {
  const p = a[0] * b[0];
  const e = productError(a[0], b[0], p) + (a[0] * b[1] + a[1] * b[0]);
  const high = p + e;
  return [high, e - (high - p)];
}

function div(a: Pair, b: Pair): Pair {
  const q = a[0] / b[0];
  const rest = add(a, mul([-q, 0], b));
  const r = rest[0] / b[0];
  const last = add(rest, mul([-r, 0], b))[0] / b[0];
  return add([q, r], [last, 0]);
}

/** a·b − p, exactly, where p is the rounded product (Dekker). */
function productError(a: number, b: number, p: number): number {
  const aHigh = split(a);
  const aLow = a - aHigh;
  const bHigh = split(b);
  const bLow = b - bHigh;
  return aLow * bLow - (p - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

function split(a: number): number {
  const c = 134217729 * a; // 2^27 + 1
  return c - (c - a);
}

/** 1/n!, for the series. */
const INVERSE_FACTORIAL: Pair[] = [[1, 0]];
for (let n = 1, product = 1; n <= 18; n++) INVERSE_FACTORIAL.push(div([1, 0], [(product *= n), 0]));

/** e^x, for results that are far from the ends of the range. */
function expPair(x: Pair): Pair {
  const m = Math.round(x[0] / LN2[0]);
  const reduced = add(x, mul([-m, 0], LN2));
  const r: Pair = [reduced[0] / 64, reduced[1] / 64];
  // e^r − 1 by its series, of which the small terms need no pairs; then squared six times.
  const s = r[0];
  const tail = s * s * s * s * (1 / 24 + s * (1 / 120 + s * (1 / 720 + s * (1 / 5040 + s / 40320))));
  const half: Pair = [r[0] / 2, r[1] / 2];
  const third = mul(mul(r, half), mul(r, THIRD));
  let sum = add(add(r, mul(r, half)), add(third, [tail, 0]));
  for (let i = 0; i < 6; i++) sum = add([2 * sum[0], 2 * sum[1]], mul(sum, sum));
  const e = add(sum, [1, 0]);
  const scale = 2 ** m;
  return [e[0] * scale, e[1] * scale];
}
const THIRD = div([1, 0], [3, 0]);

/** ln x: the platform's answer and one step of Newton. */
function logPair(x: number): Pair {
  const y = Math.log(x);
  const d = add(mul([x, 0], expPair([-y, 0])), [-1, 0]);
  return add([y, 0], d);
}

const inRange = (size: number): boolean => size > 1e-270 && size < 1e270;

export function exp(x: number): number {
  if (x === 1) return Math.E;
  return Math.abs(x) < 600 ? expPair([x, 0])[0] : Math.exp(x);
}

export function log(x: number): number {
  return inRange(x) && x !== 1 ? logPair(x)[0] : Math.log(x);
}

/** C's `pow`: 1 to any power is 1, and −1 to ±inf. */
export function pow(x: number, y: number): number {
  if (x === 1 || (x === -1 && (y === Infinity || y === -Infinity))) return 1;
  const rough = x ** y;
  const size = Math.abs(x);
  if (!inRange(Math.abs(rough)) || !inRange(size) || y === 1 || size === 1) return rough;
  if (Number.isInteger(y) && Math.abs(y) <= 64) return powWhole(x, y);
  const result = expPair(mul([y, 0], logPair(size)))[0];
  return rough < 0 ? -result : result;
}

/** By squaring. */
function powWhole(x: number, n: number): number {
  let result: Pair = [1, 0];
  let base: Pair = [x, 0];
  for (let rest = Math.abs(n); ; ) {
    if (rest & 1) result = mul(result, base);
    rest >>>= 1;
    if (rest === 0) break;
    base = mul(base, base);
  }
  return n > 0 ? result[0] : div([1, 0], result)[0];
}

/** Angles beyond it are left to the platform: three parts of π/2 would not do. */
const ANGLE_MAX = 1e8;

export function sin(x: number): number {
  return Math.abs(x) < ANGLE_MAX && Math.abs(x) > 1e-8 ? turn(x, 0)[0] : Math.sin(x);
}

export function cos(x: number): number {
  return Math.abs(x) < ANGLE_MAX ? turn(x, 1)[0] : Math.cos(x);
}

export function tan(x: number): number {
  return Math.abs(x) < ANGLE_MAX && Math.abs(x) > 1e-8 ? div(turn(x, 0), turn(x, 1))[0] : Math.tan(x);
}

/** sin(x + quarters·π/2). */
function turn(x: number, quarters: number): Pair {
  const n = Math.round(x / HALF_PI[0]);
  let r: Pair = [x, 0];
  for (const part of HALF_PI) r = add(r, mul([-n, 0], [part, 0]));
  const k = (((n + quarters) % 4) + 4) % 4;
  const result = series(r, k % 2);
  return k < 2 ? result : [-result[0], -result[1]];
}

/** sin r (`even` 0) or cos r (1), for |r| up to π/4. The small terms of the series need no pairs. */
function series(r: Pair, even: number): Pair {
  const z = mul(r, r);
  const negative: Pair = [-z[0], -z[1]];
  const start = 1 - even;
  let tail = 0;
  for (let n = start + 16; n > start + 8; n -= 2) tail = INVERSE_FACTORIAL[n]![0] - z[0] * tail;
  let sum: Pair = [tail, 0];
  for (let n = start + 8; n >= start; n -= 2) sum = add(INVERSE_FACTORIAL[n]!, mul(negative, sum));
  return even === 1 ? sum : mul(sum, r);
}
