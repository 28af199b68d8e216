/**
 * Sorting: stable, and safe whatever a comparison does. Where items differ in kind the order of comparisons decides
 * which pair an error names, so the general way is the merge sort that ThingsDB uses (halves of n / 2, rounded
 * down, first); lists of numbers and of strs, which are nearly all there is, have faster ways that cannot fail.
 */
import { typeErr } from '../../errors/query-error.ts';
import { operators as msg } from '../../errors/messages/operators.ts';
import { order } from '../../values/compare.ts';
import { compareStr } from '../../values/str.ts';
import { Float, Member, float, typeName, type Value } from '../../values/value.ts';
import type { Query } from '../../evaluator/query.ts';

/** A sorted copy; with `reverse` from high to low, where equal items stay in their order too. */
export function sortValues(q: Query, items: readonly Value[], reverse: boolean): Value[] {
  if (allInts(items)) {
    q.spend(items.length >> 1);
    return sortInts(items, reverse);
  }
  const floats = allFloats(items) ? numbersOf(items, 1) : null;
  if (floats !== null) {
    q.spend(items.length >> 1);
    const order = directionOf(floats);
    if (order === 0) return Array.from(reverse ? floats.sort().reverse() : floats.sort(), float);
    return (order > 0) === reverse ? items.slice().reverse() : items.slice();
  }
  return sortByKeys(q, items, items, reverse);
}

/** Sorts by a key for each item. */
export function sortByKeys(q: Query, items: readonly Value[], keys: readonly Value[], reverse: boolean): Value[] {
  q.spend(items.length);
  if (allStrs(keys)) {
    if (items === keys) return sortStrs(keys, reverse);
    return sortBy(positionsOf(keys), reverse ? (a, b) => compareStr(keys[b]!, keys[a]!) : (a, b) => compareStr(keys[a]!, keys[b]!)).map(i => items[i]!);
  }
  const numbers = numbersOf(keys, reverse ? -1 : 1);
  if (numbers !== null) return Array.from(positionsByNumber(numbers), i => items[i]!);
  return sortBy(positionsOf(keys), reverse ? (a, b) => compare(keys[b]!, keys[a]!) : (a, b) => compare(keys[a]!, keys[b]!)).map(i => items[i]!);
}

/** Sorts by a comparison that may raise. */
export function sortBy<T>(items: readonly T[], comparison: (a: T, b: T) => number): T[] {
  const out = items.slice();
  mergeSort(out, 0, out.length, out.slice(), comparison);
  return out;
}

function mergeSort<T>(items: T[], from: number, to: number, spare: T[], comparison: (a: T, b: T) => number): void {
  if (to - from < 2) return;
  const middle = from + ((to - from) >> 1);
  mergeSort(items, from, middle, spare, comparison);
  mergeSort(items, middle, to, spare, comparison);
  let left = from;
  let right = middle;
  let at = from;
  while (left < middle && right < to) {
    spare[at++] = comparison(items[left]!, items[right]!) <= 0 ? items[left++]! : items[right++]!;
  }
  while (left < middle) spare[at++] = items[left++]!;
  // What is left of the right half stands where it belongs already.
  for (let i = from; i < at; i++) items[i] = spare[i]!;
}

/** Members of enumerators are ordered by their values. Unordered numbers (nan) count as equal. */
export function compare(a: Value, b: Value): number {
  const x = a instanceof Member ? a.value : a;
  const y = b instanceof Member ? b.value : b;
  const c = order(x, y);
  if (c === null) throw typeErr(msg.binary('<', typeName(x), typeName(y)));
  return c !== c ? 0 : c;
}

// ---- ints, floats and strs: equal ones cannot be told apart, so the sort need not be stable -------------------------

function sortInts(items: readonly number[], reverse: boolean): number[] {
  const n = items.length;
  const sorted = directionOf(items);
  if (sorted !== 0) return (sorted > 0) === reverse ? items.slice().reverse() : items.slice();
  const small = items.every(item => (item | 0) === item);
  const ints = small ? new Int32Array(n) : new Float64Array(n);
  for (let i = 0; i < n; i++) ints[i] = items[i]!;
  ints.sort();
  const out: number[] = [];
  for (let i = 0; i < n; i++) out.push(ints[reverse ? n - 1 - i : i]!);
  return out;
}

/** 1 when no number is below the one before it, -1 when none is above, else 0. */
function directionOf(items: ArrayLike<number>): -1 | 0 | 1 {
  const n = items.length;
  let i = 1;
  while (i < n && items[i - 1]! <= items[i]!) i++;
  if (i >= n) return 1;
  i = 1;
  while (i < n && items[i - 1]! >= items[i]!) i++;
  return i >= n ? -1 : 0;
}

/** JavaScript's own order is by UTF-16 units: the order of bytes, as long as there are no surrogates. */
function sortStrs(items: readonly string[], reverse: boolean): string[] {
  const out = items.slice();
  if (items.some(item => SURROGATES.test(item))) out.sort(compareStr);
  else out.sort();
  return reverse ? out.reverse() : out;
}
const SURROGATES = /[\ud800-\udfff]/;

export function allInts(items: readonly Value[]): items is readonly number[] {
  for (let i = 0; i < items.length; i++) if (typeof items[i] !== 'number') return false;
  return true;
}

function allFloats(items: readonly Value[]): boolean {
  for (let i = 0; i < items.length; i++) if (!(items[i] instanceof Float)) return false;
  return true;
}

function allStrs(items: readonly Value[]): items is readonly string[] {
  for (let i = 0; i < items.length; i++) if (typeof items[i] !== 'string') return false;
  return true;
}

// ---- numbers of all kinds ------------------------------------------------------------------------------------

/** The keys as doubles, times `sign`; null when one is no number, is not exact as a double, or has no order. */
function numbersOf(keys: readonly Value[], sign: 1 | -1): Float64Array<ArrayBuffer> | null {
  const numbers = new Float64Array(keys.length);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    const x = typeof key === 'number' ? key : key instanceof Float ? key.value : typeof key === 'boolean' ? Number(key) : NaN;
    if (x !== x) return null;
    numbers[i] = sign * x;
  }
  return numbers;
}

/** The positions of numbers, by number: a merge sort from the bottom up. */
function positionsByNumber(numbers: Float64Array<ArrayBuffer>): Uint32Array {
  const n = numbers.length;
  let keys = numbers;
  let positions = Uint32Array.from({ length: n }, (_, i) => i);
  let spareKeys = new Float64Array(n);
  let sparePositions = new Uint32Array(n);
  for (let width = 1; width < n; width *= 2) {
    for (let from = 0; from < n; from += 2 * width) {
      const middle = Math.min(from + width, n);
      const to = Math.min(middle + width, n);
      let left = from;
      let right = middle;
      for (let at = from; at < to; at++) {
        const i = right >= to || (left < middle && keys[left]! <= keys[right]!) ? left++ : right++;
        spareKeys[at] = keys[i]!;
        sparePositions[at] = positions[i]!;
      }
    }
    [keys, spareKeys] = [spareKeys, keys];
    [positions, sparePositions] = [sparePositions, positions];
  }
  return positions;
}

const positionsOf = (items: readonly unknown[]): number[] => items.map((_, i) => i);
