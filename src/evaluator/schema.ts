/** Evaluating what names a type or an enumerator: `T{…}`, `T(…)`, `E{A}`, `E(…)`, `&{…}`. */
import { lookupErr } from '../errors/query-error.ts';
import type { Anonymous, Thing, Value, Wrap } from '../values/value.ts';
import type { WrapEntry } from '../wire/result.ts';
import type { Code } from './code.ts';
import type { Frame } from './frame.ts';
import type { Query } from './query.ts';

export function instance(c: Code, f: Frame): Value {
  f.q.pos = c.pos;
  throw lookupErr(`type \`${c.name}\` is undefined`);
}

export function member(c: Code, f: Frame): Value {
  f.q.pos = c.pos;
  throw lookupErr(`enum \`${c.name}\` is undefined`);
}

export function anonymous(_q: Query, _definition: Thing): Anonymous {
  throw lookupErr('anonymous types');
}

export function callType(_c: Code, _f: Frame): Value | undefined {
  return undefined;
}

export function wrapEntries(_q: Query, _wrap: Wrap, _deep: number, _flags: number, _entry: WrapEntry): void {}
