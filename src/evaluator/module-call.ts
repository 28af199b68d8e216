/** Asking a module: the request is kept in a future, which runs after the query. */
import { lookupErr } from '../errors/query-error.ts';
import { modules as msg } from '../errors/messages/admin.ts';
import { deepOf } from '../values/deep.ts';
import { getProperty } from '../values/raw.ts';
import { Future, Module, type Thing, type Value } from '../values/value.ts';
import { truthy } from '../values/compare.ts';
import type { Query } from './query.ts';

/** `deep` and `load` in the request say how it is packed, and whether the answer is unpacked. */
export function moduleFuture(q: Query, name: string, request: Thing, rest: readonly (() => Value)[]): Future {
  if (!q.system.modules.has(name)) throw lookupErr(msg.notFound(name));
  const module = new Module(q.module(name).name);
  const deep = getProperty(request, 'deep');
  const load = getProperty(request, 'load');
  const future = new Future(rest.map(arg => arg()), false, module, request);
  future.deep = deep === undefined ? q.deep : deepOf(deep);
  future.load = load === undefined || truthy(load);
  return future;
}
