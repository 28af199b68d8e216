/** Whether a value may be put where a type or a restriction rules. */
import type { Mutator } from '../collection/mutate.ts';
import type { List, Thing, ThingSet, Value } from './value.ts';

export function fitItem(_q: Mutator, _list: List, value: Value): Value {
  return value;
}

export function fitMember(_q: Mutator, _set: ThingSet, _thing: Thing): void {}

export function fitProperty(_q: Mutator, _thing: Thing, _at: number, _key: string, value: Value): Value {
  return value;
}
