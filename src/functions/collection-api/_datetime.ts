/**
 * The constructors `datetime` and `timeval`: one value, a text with a format, or a year, month, day and more with
 * a zone last. Each argument is checked before the next is evaluated.
 */
import { time } from '../../errors/messages/time.ts';
import { typeErr } from '../../errors/query-error.ts';
import type { Query } from '../../evaluator/query.ts';
import { PARTS, checkPart, convert, fromFloat, fromFormat, fromInt, fromParts, fromText, parsePlace } from '../../values/datetime.ts';
import type { Place } from '../../values/datetime.ts';
import { DateTime, Float, isInt, typeName } from '../../values/value.ts';
import type { Value } from '../../values/value.ts';
import type { Lazy } from '../builtin.ts';

export type Given = readonly (Lazy | undefined)[];

export function construct(q: Query, timeval: boolean, given: Given): DateTime {
  const args = given.filter((arg): arg is Lazy => arg !== undefined);
  switch (args.length) {
    case 0:
      return fromFloat(q.host.now(), q.zone(), timeval);
    case 1:
      return fromValue(q, timeval, args[0]!());
    case 2:
      return fromTexts(q, timeval, args[0]!, args[1]!);
    default:
      return fromNumbers(q, timeval, args);
  }
}

const nameOf = (timeval: boolean): string => (timeval ? 'timeval' : 'datetime');
const docsOf = (timeval: boolean): string => `collection-api/${nameOf(timeval)}`;

function fromValue(q: Query, timeval: boolean, value: Value): DateTime {
  if (typeof value === 'string') return fromText(value, q.zone(), timeval);
  if (isInt(value)) return fromInt(value, q.zone(), timeval);
  if (value instanceof Float) return fromFloat(value.value, q.zone(), timeval);
  if (value instanceof DateTime) return convert(value, timeval);
  throw typeErr(time.convert(typeName(value), nameOf(timeval)), docsOf(timeval));
}

function fromTexts(q: Query, timeval: boolean, first: Lazy, second: Lazy): DateTime {
  const wrong = (n: number, value: Value) =>
    typeErr(time.constructorType(nameOf(timeval), n, '`str`', typeName(value), 'two'), docsOf(timeval));
  const text = first();
  if (typeof text !== 'string') throw wrong(1, text);
  const format = second();
  if (typeof format !== 'string') throw wrong(2, format);
  return fromFormat(text, format, q.zone(), timeval);
}

function fromNumbers(q: Query, timeval: boolean, args: readonly Lazy[]): DateTime {
  const docs = docsOf(timeval);
  const parts: number[] = [];
  let place: Place = { zone: q.zone(), offset: 0 };
  for (let i = 0; i < args.length; i++) {
    const value = args[i]!();
    if (i >= 3 && typeof value === 'string') {
      if (i < args.length - 1) throw typeErr(time.zoneLast(nameOf(timeval)), docs);
      place = parsePlace(value);
    } else if (i >= PARTS.length || !isInt(value)) {
      const want = i < 3 ? '`int`' : i < PARTS.length ? '`int` or type `str`' : '`str`';
      throw typeErr(time.constructorType(nameOf(timeval), i + 1, want, typeName(value), 'three or more'), docs);
    } else {
      parts.push(checkPart(PARTS[i]!, value, docs));
    }
  }
  return fromParts(parts, place, timeval);
}
