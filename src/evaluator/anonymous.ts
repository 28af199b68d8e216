/** Anonymous types: `&{…}`, `ano({…})`. */
import { lookupErr, typeErr } from '../errors/query-error.ts';
import { types as msg } from '../errors/messages/types.ts';
import { anonymousType, namesOf } from '../values/definition.ts';
import { ANONYMOUS } from '../values/type.ts';
import { Anonymous, Closure, List, Thing, type Value } from '../values/value.ts';
import type { Query } from './query.ts';

export function anonymous(q: Query, definition: Thing): Anonymous {
  if (q.collection === null) throw lookupErr(msg.anonymousScope(q.scopeName()));
  bindClosures(q, definition);
  const type = anonymousType(q.collection, ANONYMOUS, definition);
  // What it names could be changed or deleted without anybody knowing of the anonymous type.
  for (const _ of namesOf(type)) throw typeErr(msg.anonymousDependency(), 'collection-api/set_type');
  return new Anonymous(type, type.definition!);
}

/** Closures of a definition are kept, with their compact text. */
export function bindClosures(q: Query, value: Value): void {
  if (value instanceof Closure) q.bind(value);
  else if (value instanceof Thing) for (const inner of value.toValues()) bindClosures(q, inner);
  else if (value instanceof List) for (const inner of value.items) bindClosures(q, inner);
}
