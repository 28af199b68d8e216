/** Events of rooms. That a room exists stands in `events.ts`: rooms are stored as things are. */
import { assert } from '../errors/assert.ts';
import { Bytes } from '../values/value.ts';
import { eventKind } from './event.ts';
import type { Replica } from './replica.ts';
import { emit } from './rooms.ts';

/** Null takes the name away. A room that nothing refers to any more gives its name up to the one that wants it. */
export const nameRoom = eventKind(70, 'name_room', { room: 'room', name: 'str?' }, ({ collection }: Replica, { room, name }) => {
  if (room.name !== null) collection.roomsByName.delete(room.name);
  room.name = name;
  if (name === null) return;
  const before = collection.roomsByName.get(name);
  if (before !== undefined) before.name = null;
  collection.roomsByName.set(name, room);
});

/** Changes nothing that is kept: it tells those who have joined, on every node, in the order of changes. */
export const emitRoom = eventKind(71, 'emit', { room: 'room', event: 'str', args: 'value' }, ({ collection }: Replica, { room, event, args }) => {
  assert(args instanceof Bytes, 'the arguments of an event are packed');
  emit(collection, room, event, args.data);
});

export const ROOM_EVENTS = [nameRoom, emitRoom] as const;
