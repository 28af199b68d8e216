import { numArgumentsErr, overflowErr, typeErr, valueErr } from '../../errors/query-error.ts';
import { call as callMsg } from '../../errors/messages/call.ts';
import { numbers } from '../../errors/messages/numbers.ts';
import { scalars as msg } from '../../errors/messages/scalars.ts';
import type { Query } from '../../evaluator/query.ts';
import { INT_MIN } from '../../values/int.ts';
import { matches } from '../../values/regex.ts';
import { List, Regex, isInt, typeName } from '../../values/value.ts';
import { groupsTaken, regexBudget } from '../regex/_search.ts';
import { builtin } from '../builtin.ts';
import { isSpace } from './_ascii.ts';
import { places, placesFromRight, searchIn } from './_search.ts';

const DOCS = 'data-types/str/split';

/**
 * `split()` at white space, `split(n)` the same n times at most, `split(separator)`, `split(separator, n)`. A negative
 * n counts from the right. The groups of a regular expression become parts too.
 */
export default builtin({
  name: 'split', on: 'str', args: ['str|int|regex?', 'lazy?'], change: 'never',
  typeMessage: (n, got) => (n === 0 ? callMsg.argType('split', 1, '`str` or type `int`', got) : null),
  run: (q, self, separator, given) => {
    if (separator === undefined || isInt(separator)) {
      if (given !== undefined) throw numArgumentsErr(msg.splitCount(), DOCS);
      return new List(atSpace(q, self, times(separator)));
    }
    if (separator === '') throw valueErr(msg.emptySeparator(), DOCS);
    const n = given?.();
    if (n !== undefined && !isInt(n)) throw typeErr(callMsg.argType('split', 2, '`int`', typeName(n)), DOCS);
    if (separator instanceof Regex) {
      if (n !== undefined && n < 0) throw valueErr(msg.backwardSplit(), DOCS);
      return new List(atRegex(q, self, separator, times(n)));
    }
    return new List(atStr(q, self, separator, times(n)));
  },
});

/** How often to split; negative from the right. */
function times(n: number | bigint | undefined): number {
  if (n === undefined) return Infinity;
  if (n === INT_MIN) throw overflowErr(numbers.overflow());
  return Number(n);
}

/** UTF-16 units of a str that is split at one go, without a look at the clock: that takes some milliseconds. */
const AT_ONCE = 1 << 20;

function atStr(q: Query, self: string, separator: string, n: number): string[] {
  const search = searchIn(self, separator);
  if (n === Infinity && !search.bytes && self.length <= AT_ONCE) {
    const parts = self.split(separator, q.limits.listLength + 1);
    q.assertLength(parts.length);
    q.spend(parts.length - 1);
    return parts;
  }
  const found = n < 0 ? placesFromRight(search, -n) : places(search, n);
  const parts: string[] = [];
  let from = 0;
  for (const at of found) {
    q.step();
    parts.push(search.text(search.subject.slice(from, at)));
    q.assertLength(parts.length);
    from = at + search.sought.length;
  }
  parts.push(search.text(search.subject.slice(from)));
  return parts;
}

/** Runs of white space are one separator; those at the ends too, so that empty parts stand there. */
function atSpace(q: Query, self: string, n: number): string[] {
  return n < 0 ? atSpaceFromRight(q, self, -n) : atSpaceFromLeft(q, self, n);
}

function atSpaceFromLeft(q: Query, self: string, n: number): string[] {
  const parts: string[] = [];
  let from = 0;
  for (let i = 0; i < self.length && parts.length < n; i++) {
    if (!isSpace(self.charCodeAt(i))) continue;
    q.step();
    parts.push(self.slice(from, i));
    q.assertLength(parts.length);
    while (i + 1 < self.length && isSpace(self.charCodeAt(i + 1))) i++;
    from = i + 1;
  }
  parts.push(self.slice(from));
  return parts;
}

function atSpaceFromRight(q: Query, self: string, n: number): string[] {
  const parts: string[] = [];
  let to = self.length;
  for (let i = self.length - 1; i >= 0 && parts.length < n; i--) {
    if (!isSpace(self.charCodeAt(i))) continue;
    q.step();
    parts.push(self.slice(i + 1, to));
    q.assertLength(parts.length);
    while (i > 0 && isSpace(self.charCodeAt(i - 1))) i--;
    to = i;
  }
  parts.push(self.slice(0, to));
  return parts.reverse();
}

/** As JavaScript's split: an empty match separates neither at the start nor at the end. */
function atRegex(q: Query, self: string, separator: Regex, n: number): string[] {
  const parts: string[] = [];
  let from = 0;
  let splits = 0;
  if (n > 0) {
    for (const { start, end, groups } of matches(separator, self, regexBudget(q))) {
      if (start === end && (end === from || start === self.length)) continue;
      q.step();
      parts.push(self.slice(from, start), ...groupsTaken(groups));
      q.assertLength(parts.length);
      from = end;
      if (++splits >= n) break;
    }
  }
  parts.push(self.slice(from));
  return parts;
}
