/**
 * Sorting: stable, and safe whatever a comparison does. Where items differ in kind the order of comparisons decides
 * which pair an error names, so the general way is the merge sort that ThingsDB uses (halves of n / 2, rounded
 * down, first); lists of ints and of strs, which are nearly all there is, have faster ways that cannot fail.
 */
import { typeErr } from '../../errors/query-error.ts';
import { operators as msg } from '../../errors/messages/operators.ts';
import { order } from '../../values/compare.ts';
import { compareStr } from '../../values/str.ts';
import { Member, typeName, type Value } from '../../values/value.ts';
import type { Query } from '../../evaluator/query.ts';

/** A sorted copy; with `reverse` from high to low, where equal items stay in their order too. */
export function sortValues(q: Query, items: readonly Value[], reverse: boolean): Value[] {
  q.spend(items.length);
  if (allNumbers(items)) {
    const numbers = Float64Array.from(items).sort();
    if (reverse) numbers.reverse();
    return Array.from(numbers);
  }
  if (allStrs(items)) {
    // Equal strs cannot be told apart, so turning round keeps the order of equal ones.
    const strs = items.slice().sort(compareStr);
    return reverse ? strs.reverse() : strs;
  }
  return sortBy(items, reverse ? (a, b) => compare(b, a) : compare);
}

/** Sorts by a key for each item, which is worked out once. */
export function sortByKeys(q: Query, items: readonly Value[], keys: readonly Value[], reverse: boolean): Value[] {
  q.spend(items.length);
  const positions = items.map((_, i) => i);
  if (allNumbers(keys)) {
    const k = Float64Array.from(keys);
    positions.sort(reverse ? (a, b) => k[b]! - k[a]! : (a, b) => k[a]! - k[b]!);
  } else if (allStrs(keys)) {
    positions.sort(reverse ? (a, b) => compareStr(keys[b]!, keys[a]!) : (a, b) => compareStr(keys[a]!, keys[b]!));
  } else {
    return sortBy(positions, reverse ? (a, b) => compare(keys[b]!, keys[a]!) : (a, b) => compare(keys[a]!, keys[b]!)).map(i => items[i]!);
  }
  return positions.map(i => items[i]!);
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

function allNumbers(items: readonly Value[]): items is readonly number[] {
  for (let i = 0; i < items.length; i++) if (typeof items[i] !== 'number') return false;
  return true;
}

function allStrs(items: readonly Value[]): items is readonly string[] {
  for (let i = 0; i < items.length; i++) if (typeof items[i] !== 'string') return false;
  return true;
}
