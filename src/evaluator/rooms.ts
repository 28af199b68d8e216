/** Rooms by what names them, in queries and in requests. */
import { lookupErr, valueErr } from '../errors/query-error.ts';
import { rooms as msg } from '../errors/messages/futures.ts';
import { isName } from '../values/shape.ts';
import type { Room } from '../values/value.ts';
import { heldBy, settle } from './held.ts';
import type { Query } from './query.ts';

/** The stored room of that id or name; the query is in a collection. */
export function findRoom(q: Query, which: number | bigint | string): Room {
  const { name: collection } = q.theCollection();
  if (typeof which === 'string') assertRoomName(which);
  const room = storedRoom(q, which);
  if (room !== null) return room;
  throw lookupErr(typeof which === 'string' ? msg.noName(collection, which) : msg.noId(collection, which));
}

/** Null when there is none, or when nothing refers to it any more but what ends with this change. */
export function storedRoom(q: Query, which: number | bigint | string): Room | null {
  const { rooms, roomsByName } = q.theCollection();
  settle(q);
  const room = typeof which === 'string' ? roomsByName.get(which) : rooms.get(Number(which));
  return room === undefined || (room.refs === 0 && !heldBy(q).has(room)) ? null : room;
}

export function assertRoomName(name: string): void {
  if (!isName(name)) throw valueErr(msg.naming(), 'overview/names');
}
