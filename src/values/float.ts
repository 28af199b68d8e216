/**
 * Floats: their texts, reading them, and the arithmetic in which C and JavaScript differ.
 *
 * These functions take and give plain doubles; `float()` of `value.ts` boxes them (and turns −0 into 0).
 */

// --- Text ----------------------------------------------------------------------------------------------------

/** What `str` and templates show: C's `%g`, six digits. */
export function floatText(x: number): string {
  if (!Number.isFinite(x)) return nonFinite(x);
  if (Number.isInteger(x) && x > -1e6 && x < 1e6) return String(x + 0);
  const text = toExponentialEven(x, 5);
  const e = text.indexOf('e');
  const exponent = Number(text.slice(e + 1));
  if (exponent < -4 || exponent >= 6) return stripZeros(text.slice(0, e)) + exponentText(exponent);
  // Six digits again: the rounding above is settled, so this one is exact.
  return stripZeros(Number(text).toFixed(5 - exponent));
}

/**
 * What `json_dump` writes: the shortest digits that read back equal, in C's layout. Whole numbers below 1e+20
 * keep all digits and get `.0`. The caller has refused nan and inf.
 */
export function shortestText(x: number): string {
  if (!Number.isFinite(x)) return nonFinite(x);
  const size = Math.abs(x);
  if (size >= 1e20 || (size < 1e-4 && size > 0)) {
    const text = x.toExponential();
    const e = text.indexOf('e');
    return text.slice(0, e) + exponentText(Number(text.slice(e + 1)));
  }
  if (!Number.isInteger(x)) return String(x);
  return size < 1e15 ? `${x + 0}.0` : `${BigInt(x)}.0`;
}

/** C's `%f`: six digits after the dot, as in error texts about ranges. */
export function fixedText(x: number): string {
  if (!Number.isFinite(x)) return nonFinite(x);
  if (Math.abs(x) >= 1e21) return `${BigInt(x)}.000000`;
  // An exact tie has 7 digits after the dot, the last a 5; C rounds it to even, toFixed away from zero.
  const exact = x.toFixed(60);
  const dot = exact.indexOf('.');
  if (/^50*$/.test(exact.slice(dot + 7)) && (exact.charCodeAt(dot + 6) & 1) === 0) return exact.slice(0, dot + 7);
  return x.toFixed(6);
}

function nonFinite(x: number): string {
  return Number.isNaN(x) ? 'nan' : x > 0 ? 'inf' : '-inf';
}

/** `toExponential`, but exact ties go to even as in C. */
function toExponentialEven(x: number, digits: number): string {
  const next = x.toExponential(digits + 1);
  const e = next.indexOf('e');
  if (next[e - 1] !== '5') return x.toExponential(digits);
  // 60 digits more tell a tie from a neighbour: no double comes closer to one without being it.
  const exact = x.toExponential(digits + 60);
  const start = exact.indexOf('.') + 1 + digits;
  const tie = /^50*e/.test(exact.slice(start));
  return tie && (exact.charCodeAt(start - 1) & 1) === 0 ? exact.slice(0, start) + exact.slice(exact.indexOf('e')) : x.toExponential(digits);
}

function stripZeros(digits: string): string {
  return digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
}

/** At least two digits: `e+06`, `e-310`. */
function exponentText(exponent: number): string {
  const size = Math.abs(exponent);
  return (exponent < 0 ? 'e-' : 'e+') + (size < 10 ? `0${size}` : String(size));
}

// --- Reading -------------------------------------------------------------------------------------------------

/** A float literal of the language: digits, a dot, digits, `e` with a sign; `inf`; `nan`. The parser has checked the form. */
export function parseFloatLiteral(text: string): number {
  return text === 'inf' ? Infinity : Number(text) + 0; // what is no number to JavaScript either is nan
}

/** What most texts are: JavaScript reads it alike. */
const PLAIN_FLOAT = /^-?[0-9]+(?:\.[0-9]+)?$/;
const FLOAT_START =
  /^[ \t\n\v\f\r]*([+-]?)(?:0[xX](?=\.?[0-9a-fA-F])([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?(?:[pP]([+-]?[0-9]+))?|([0-9]+\.?[0-9]*(?:[eE][+-]?[0-9]+)?|\.[0-9]+(?:[eE][+-]?[0-9]+)?)|(inf)|(nan))/i;

/** What `float('…')` reads: C's `strtod`. The longest start that is a number; 0 when there is none. */
export function parseFloatText(text: string): number {
  if (PLAIN_FLOAT.test(text)) return Number(text) + 0;
  const m = FLOAT_START.exec(text);
  if (m === null) return 0;
  const [, sign, whole, fraction, power, decimal, inf] = m;
  let size: number;
  if (decimal !== undefined) size = Number(decimal);
  else if (inf !== undefined) size = Infinity;
  else if (whole !== undefined) size = parseHex(whole, fraction ?? '', Number(power ?? 0));
  else return NaN;
  return (sign === '-' ? -size : size) + 0;
}

/** The double nearest to a hexadecimal float. */
function parseHex(whole: string, fraction: string, power: number): number {
  let digits = (whole + fraction).replace(/^0+/, '');
  let exponent = power - 4 * fraction.length;
  if (digits.length > 32) {
    // What is far behind matters only by being there: a last 1 keeps it from looking like a tie.
    exponent += 4 * (digits.length - 33);
    digits = digits.slice(0, 32) + (/[1-9a-fA-F]/.test(digits.slice(32)) ? '1' : '0');
  }
  if (digits === '') return 0;
  let big = BigInt(`0x${digits}`);
  const top = big.toString(2).length + exponent;
  if (top > 1100) return Infinity;
  if (top < -1100) return 0;
  if (exponent < -1074) {
    // Round here, half to even, at the last place that a double of this size can have.
    const drop = BigInt(Math.max(-1074, top - 53) - exponent);
    const half = 1n << (drop - 1n);
    const rest = big & ((1n << drop) - 1n);
    big >>= drop;
    if (rest > half || (rest === half && (big & 1n) === 1n)) big += 1n;
    exponent += Number(drop);
  }
  // In two steps, since the power alone may be out of range.
  const step = Math.trunc(exponent / 2);
  return Number(big) * 2 ** step * 2 ** (exponent - step);
}

// --- Arithmetic ----------------------------------------------------------------------------------------------

/** To the nearest whole number; halves away from zero, as in C. */
export function roundHalfAway(x: number): number {
  const whole = Math.trunc(x);
  return Math.abs(x - whole) >= 0.5 ? whole + Math.sign(x) : whole;
}

/**
 * `round(x, digits)`: through a product with 10^digits, as in C, with what that costs (`round(1.005, 2)` is 1.0).
 * Where the power or the product leaves the range of a double, the value itself or 0.
 */
export function roundDigits(x: number, digits: number): number {
  if (!Number.isFinite(x)) return x;
  const power = Number(`1e${Math.max(-400, Math.min(400, digits))}`);
  if (power === 0) return 0;
  const product = x * power;
  if (power === Infinity || !Number.isFinite(product)) return x;
  return roundHalfAway(product) / power;
}
