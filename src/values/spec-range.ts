/** Reads what stands between the brackets of `int<…>`, `float<…>`, `str<…>` and `utf8<…>`: min, max, default. */
import { overflowErr } from '../errors/query-error.ts';
import { numbers } from '../errors/messages/numbers.ts';
import { declaration as msg } from '../errors/messages/types.ts';
import { INT_MAX, compare, fromBigInt, type Int } from './int.ts';
import type { Range } from './spec.ts';
import { byteLength } from './str.ts';
import { float, type Value } from './value.ts';

type Bad = (why: string) => unknown;

export interface Ranged {
  readonly range: Range;
  /** Undefined when the definition gives none: then it is the value nearest to nothing. */
  readonly fallback: Value | undefined;
}

/** A number as C reads it: blanks, signs (also many), a prefix; how much of the text it took. */
function readInt(text: string): { value: Int; length: number } {
  const m = /^\s*([-+]*)(0x[0-9a-f]+|0b[01]+|0o[0-7]+|[0-9]+)?/i.exec(text)!;
  if (m[2] === undefined) return { value: 0, length: m[1] === '' ? 0 : m[0].length };
  const negative = m[1]!.replaceAll('+', '').length % 2 === 1;
  const size = BigInt(m[2].toLowerCase().replace(/^0+(?=[0-9])/, ''));
  if (size > INT_MAX) throw overflowErr(numbers.overflow());
  return { value: fromBigInt(negative ? -size : size), length: m[0].length };
}

function readFloat(text: string): { value: number; length: number } {
  const m = /^\s*([-+]?)(?:(inf(?:inity)?)|(nan)|((?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]+)?))/i.exec(text);
  if (m === null) return { value: 0, length: 0 };
  const size = m[2] !== undefined ? Infinity : m[3] !== undefined ? NaN : Number(m[4]);
  return { value: m[1] === '-' ? -size : size, length: m[0].length };
}

interface Bounds<N> {
  min: N;
  max: N;
  /** What follows the second colon; null when there is none. */
  rest: string | null;
  /** The text up to there. */
  read: string;
}

/** `min:max`, `min:max:rest`; what is left out takes the value of `defaults`. */
function bounds<N>(name: string, body: string, read: (text: string) => { value: N; length: number }, defaults: { min: N; max: N }, check: (value: N) => void, bad: Bad): Bounds<N> {
  let { min, max } = defaults;
  let at = 0;
  if (body[0] !== ':') {
    const part = read(body);
    check(part.value);
    at = part.length;
    if (at > 0) min = part.value;
    if (body[at] !== ':') throw bad(msg.expectingColon());
  }
  at++;
  if (at < body.length && body[at] !== ':') {
    const part = read(body.slice(at));
    check(part.value);
    at += part.length;
    if (part.length > 0) max = part.value;
    if (at < body.length && body[at] !== ':') throw bad(msg.expectingEnd(`${name}<${body.slice(0, at)}`));
  }
  return { min, max, rest: at < body.length ? body.slice(at + 1) : null, read: `${name}<${body.slice(0, at + 1)}` };
}

export function parseIntRange(body: string, bad: Bad): Ranged {
  const { min, max, rest, read } = bounds<Int>('int', body, readInt, { min: 0, max: INT_MAX }, () => {}, bad);
  if (compare(max, min) < 0) throw bad(msg.maxBelowMin());
  let fallback: Int | undefined;
  if (rest !== null) {
    const part = readInt(rest);
    if (compare(part.value, min) < 0 || compare(part.value, max) > 0) throw bad(msg.defaultMismatch());
    if (part.length < rest.length) throw bad(msg.expectingEnd(read + rest.slice(0, part.length)));
    fallback = part.value;
  }
  return { range: { min, max }, fallback };
}

export function parseFloatRange(body: string, bad: Bad): Ranged {
  const notNan = (x: number): void => {
    if (Number.isNaN(x)) throw bad(msg.nan());
  };
  const { min, max, rest, read } = bounds('float', body, readFloat, { min: 0, max: Infinity }, notNan, bad);
  if (max < min) throw bad(msg.maxBelowMin());
  let fallback: Value | undefined;
  if (rest !== null) {
    const part = readFloat(rest);
    notNan(part.value);
    if (part.value < min || part.value > max) throw bad(msg.defaultMismatch());
    if (part.length < rest.length) throw bad(msg.expectingEnd(read + rest.slice(0, part.length)));
    fallback = float(part.value);
  }
  return { range: { min, max }, fallback };
}

/** Lengths in bytes. The default may hold anything. */
export function parseTextRange(name: string, body: string, bad: Bad): Ranged {
  const { min, max, rest } = bounds<Int>(name, body, readInt, { min: 0, max: INT_MAX }, () => {}, bad);
  if (compare(min, 0) < 0) throw bad(msg.negativeLength());
  if (compare(max, min) < 0) throw bad(msg.maxBelowMin());
  if (rest !== null && (compare(byteLength(rest), min) < 0 || compare(byteLength(rest), max) > 0)) throw bad(msg.defaultMismatch());
  return { range: { min, max }, fallback: rest ?? undefined };
}
