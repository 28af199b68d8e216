/** Rooms by what names them, in queries and in requests. */
import type { Collection } from '../collection/collection.ts';
import { lookupErr, valueErr } from '../errors/query-error.ts';
import { rooms as msg } from '../errors/messages/futures.ts';
import { isName } from '../values/shape.ts';
import type { Room } from '../values/value.ts';

/** The stored room of that id or name. */
export function findRoom(collection: Collection, which: number | bigint | string): Room {
  if (typeof which === 'string') {
    assertRoomName(which);
    const room = collection.roomsByName.get(which);
    if (room === undefined) throw lookupErr(msg.noName(collection.name, which), 'collection-api/room');
    return room;
  }
  const room = collection.rooms.get(Number(which));
  if (room === undefined) throw lookupErr(msg.noId(collection.name, which), 'collection-api/room');
  return room;
}

export function assertRoomName(name: string): void {
  if (!isName(name)) throw valueErr(msg.naming(), 'overview/names');
}
