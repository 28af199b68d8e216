import type { Collection } from '../../collection/collection.ts';
import type { Query } from '../../evaluator/query.ts';
import { PRIVILEGE } from '../../system/access.ts';
import type { Writer } from '../../wire/msgpack.ts';

/** Who may change `@thingsdb` may see all collections, others those that they may use. */
export function maySee(q: Query, collection: Collection): boolean {
  if ((q.rightsOn('thingsdb') & PRIVILEGE.CHANGE) !== 0) return true;
  return (q.rightsOn(collection.id) & (PRIVILEGE.QUERY | PRIVILEGE.RUN)) !== 0;
}

export function packCollection(w: Writer, collection: Collection): void {
  w.map(9);
  w.str('collection_id');
  w.int(collection.id);
  w.str('name');
  w.str(collection.name);
  w.str('created_at');
  w.int(collection.createdAt);
  w.str('things');
  w.int(collection.things.size);
  w.str('time_zone');
  w.str(collection.zone);
  w.str('default_deep');
  w.int(collection.deep);
  w.str('next_free_id');
  w.int(collection.nextId);
  w.str('commit_history');
  packHistory(w, collection.history);
  w.str('ano_types');
  w.int(0);
}

export function packHistory(w: Writer, history: readonly unknown[] | null): void {
  if (history === null) w.str('disabled');
  else w.int(history.length);
}
