/** What `wrap` and `map_wrap` share. */
import type { Query } from '../../evaluator/query.ts';
import type { Type } from '../../values/type.ts';
import { Anonymous, type Value } from '../../values/value.ts';
import { typeNamed } from '../collection-api/_schema.ts';

/** The type that an argument, which is the name of one or an anonymous type, stands for. */
export function wrappingType(q: Query, given: Value): Type {
  return given instanceof Anonymous ? given.type : typeNamed(q, given as string);
}
