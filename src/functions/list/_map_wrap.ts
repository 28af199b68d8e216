import { typeErr } from '../../errors/query-error.ts';
import { wraps as msg } from '../../errors/messages/types.ts';
import type { Query } from '../../evaluator/query.ts';
import { List, Thing, Wrap, typeName, type Value } from '../../values/value.ts';
import { wrappingType } from '../thing/_wrap.ts';

/** Wraps things by the type that is given, or each by its own. */
export function wrapAll(q: Query, items: Iterable<Value>, given: Value | undefined, what: 'list' | 'set'): List {
  const type = given === undefined ? null : wrappingType(q, given);
  const wraps: Value[] = [];
  for (const item of items) {
    q.step();
    if (!(item instanceof Thing)) throw typeErr(msg.mapItem(typeName(item)), 'data-types/list/map_wrap');
    const by = type ?? item.type;
    if (by === null) throw typeErr(msg.mapNeedsType(what), `data-types/${what}/map_wrap`);
    wraps.push(new Wrap(item, by));
  }
  return new List(wraps);
}
