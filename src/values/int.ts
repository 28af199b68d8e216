/**
 * All arithmetic on ints: 64 bits, signed, kept as `number | bigint` (see `value.ts`).
 *
 * An int within ±(2^53−1) is always a `number` and never −0; any other is a `bigint`. So equal ints are `===`,
 * and each function tries numbers first: the result of a sum, difference or product of two safe numbers is
 * exact when it is safe itself. These functions are the hottest of the interpreter; the common path stands
 * inline and everything else in a function of its own, so that V8 inlines the former.
 */
import { numbers } from '../errors/messages/numbers.ts';
import { overflowErr, zeroDivErr } from '../errors/query-error.ts';

export type Int = number | bigint;

export const INT_MAX = 9223372036854775807n;
export const INT_MIN = -9223372036854775808n;

const SAFE = Number.MAX_SAFE_INTEGER;
const TWO_32 = 4294967296;
const TWO_63 = 9223372036854775808;

const overflow = (): never => {
  throw overflowErr(numbers.overflow());
};
const zeroDiv = (): never => {
  throw zeroDivErr(numbers.zeroDiv());
};

// --- Making ints ---------------------------------------------------------------------------------------------

/** True for a value in the one form that ints have. */
export function isInt64(value: unknown): value is Int {
  if (typeof value === 'number') return Number.isSafeInteger(value) && !Object.is(value, -0);
  return typeof value === 'bigint' && value >= INT_MIN && value <= INT_MAX && (value > SAFE || value < -SAFE);
}

/** The int of a bigint; an overflow error when 64 bits do not hold it. */
export function fromBigInt(big: bigint): Int {
  if (big >= -9007199254740991n && big <= 9007199254740991n) return Number(big);
  return big >= INT_MIN && big <= INT_MAX ? big : overflow();
}

/** The low 64 bits of a bigint, as an int. */
function wrap(big: bigint): Int {
  return fromBigInt(BigInt.asIntN(64, big));
}

/** The int of a float, cut towards zero as C does; an overflow error for nan, inf and what does not fit. */
export function fromDouble(x: number): Int {
  const cut = Math.trunc(x);
  if (cut >= -SAFE && cut <= SAFE) return cut + 0;
  return cut >= -TWO_63 && cut < TWO_63 ? BigInt(cut) : overflow();
}

/** The nearest double, for arithmetic and comparison with floats. */
export function toDouble(a: Int): number {
  return typeof a === 'number' ? a : Number(a);
}

// --- Arithmetic ----------------------------------------------------------------------------------------------

export function add(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const r = a + b;
    if (r <= SAFE && r >= -SAFE) return r;
  }
  return addSlow(a, b);
}
function addSlow(a: Int, b: Int): Int {
  return fromBigInt(BigInt(a) + BigInt(b));
}

export function sub(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const r = a - b;
    if (r <= SAFE && r >= -SAFE) return r;
  }
  return subSlow(a, b);
}
function subSlow(a: Int, b: Int): Int {
  return fromBigInt(BigInt(a) - BigInt(b));
}

export function mul(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const r = a * b;
    if (r <= SAFE && r >= -SAFE) return r + 0; // −0 + 0 is 0
  }
  return mulSlow(a, b);
}
function mulSlow(a: Int, b: Int): Int {
  return fromBigInt(BigInt(a) * BigInt(b));
}

/** Division cut towards zero. The quotient of safe numbers is never rounded across a whole number. */
export function div(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number' && b !== 0) return Math.trunc(a / b) + 0;
  return divSlow(a, b);
}
function divSlow(a: Int, b: Int): Int {
  return b === 0 ? zeroDiv() : fromBigInt(BigInt(a) / BigInt(b));
}

/** Remainder with the sign of the left side, as in C. */
export function mod(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number' && b !== 0) return (a % b) + 0;
  return modSlow(a, b);
}
function modSlow(a: Int, b: Int): Int {
  if (b === 0) return zeroDiv();
  // The quotient overflows, and with it the machine's remainder.
  if (a === INT_MIN && b === -1) return overflow();
  return fromBigInt(BigInt(a) % BigInt(b));
}

export function neg(a: Int): Int {
  return typeof a === 'number' ? 0 - a : fromBigInt(-a);
}

export function abs(a: Int): Int {
  return typeof a === 'number' ? Math.abs(a) : a < 0n ? fromBigInt(-a) : a;
}

/** Negative, 0 or positive. */
export function compare(a: Int, b: Int): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

// --- Bits ----------------------------------------------------------------------------------------------------
// Numbers beyond 32 bits are split in a low half of 32 bits and a signed high half.

const high = (a: number): number => Math.floor(a / TWO_32);

/** Joins halves; the only safe-looking result that is not a number is −2^53. */
function join(hi: number, lo: number): Int {
  const r = hi * TWO_32 + (lo >>> 0);
  return r >= -SAFE ? r : BigInt(r);
}

export function and(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const r = a & b;
    return (a | 0) === a && (b | 0) === b ? r : join(high(a) & high(b), r);
  }
  return wrap(BigInt(a) & BigInt(b));
}

export function or(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const r = a | b;
    return (a | 0) === a && (b | 0) === b ? r : join(high(a) | high(b), r);
  }
  return wrap(BigInt(a) | BigInt(b));
}

export function xor(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const r = a ^ b;
    return (a | 0) === a && (b | 0) === b ? r : join(high(a) ^ high(b), r);
  }
  return wrap(BigInt(a) ^ BigInt(b));
}

/** ~a is −a − 1. */
export function not(a: Int): Int {
  return sub(-1, a);
}

/** A shift count: modulo 64, negative ones too. */
const count = (n: Int): number => (typeof n === 'number' ? n & 63 : Number(BigInt.asUintN(6, n)));

/** Shift left; bits beyond the 64th are lost. */
export function shl(a: Int, n: Int): Int {
  if (typeof a === 'number' && typeof n === 'number' && n >= 0 && n <= 60) {
    const r = n <= 30 ? a * (1 << n) : a * (1 << 30) * (1 << (n - 30));
    if (r <= SAFE && r >= -SAFE) return r;
  }
  return wrap(BigInt(a) << BigInt(count(n)));
}

/** Shift right; the sign stays. */
export function shr(a: Int, n: Int): Int {
  if (typeof a === 'number') return Math.floor(a / 2 ** count(n));
  return fromBigInt(a >> BigInt(count(n)));
}

/** Number of one bits of the absolute value. */
export function bitCount(a: Int): number {
  if (typeof a === 'number') {
    const x = Math.abs(a);
    return ones(x) + ones(high(x));
  }
  const x = a < 0n ? -a : a;
  return ones(Number(x & 0xffffffffn)) + ones(Number(x >> 32n));
}

/** One bits of the low 32 bits of `x`. */
function ones(x: number): number {
  let n = x | 0;
  n -= (n >>> 1) & 0x55555555;
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return (((n + (n >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}

// --- Reading text --------------------------------------------------------------------------------------------

/**
 * An int literal of the language: `12`, `-7`, `0x1F`, `-0b11`, `0o17`; leading zeros mean nothing. The lexer has
 * checked the form. Overflow is an error of its own, raised when the literal is reached; the sign belongs to
 * the literal, yet −2^63 cannot be written.
 */
export function parseLiteral(text: string): Int {
  if (text.length <= 15) {
    const n = Number(text);
    if (n === n) return n + 0; // Number() knows no sign before 0x, 0o, 0b
  }
  const negative = text.startsWith('-');
  const big = BigInt(negative || text.startsWith('+') ? text.slice(1) : text);
  return big <= INT_MAX ? fromBigInt(negative ? -big : big) : overflow();
}

/**
 * What `int('…')` reads: C's `strtoll` with base 0. Blanks, a sign, then `0x` hexadecimal, `0` octal or decimal
 * digits; what follows is ignored and no digits give 0. Out of range is an overflow error.
 */
export function parseText(text: string): Int {
  const plain = digitsAlone(text);
  if (plain >= 0) return plain;
  const [, sign, hex, octal, decimal] = NUMBER_START.exec(text)!;
  const digits = hex ?? octal ?? decimal!;
  // A longer text fits 64 bits in no base; a BigInt of megabytes would take its time.
  if (digits.length > 22) return overflow();
  const size = (hex !== undefined ? '0x0' : octal !== undefined ? '0o0' : '0') + digits;
  // So many fit 53 bits in any base.
  if (digits.length <= 13) return sign === '-' ? 0 - Number(size) : Number(size);
  const big = BigInt(size);
  return fromBigInt(sign === '-' ? -big : big);
}

/** What most texts are: digits of a decimal number that fits 53 bits, and nothing else; -1 for all others. */
function digitsAlone(text: string): number {
  if (text.length === 0 || text.length > 15 || text.charCodeAt(0) === 0x30) return -1;
  let n = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    n = n * 10 + digit;
  }
  return n;
}

/** Sign, and the digits of a hexadecimal, octal or decimal number without leading zeros. */
const NUMBER_START = /^[ \t\n\v\f\r]*([+-]?)(?:0[xX](?=[0-9a-fA-F])0*([0-9a-fA-F]*)|0+([0-7]*)|([0-9]*))/;
