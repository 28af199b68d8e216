/**
 * What those who joined a room are told. An event is packed once, in the form in which clients get it, however many
 * listen. Who listens belongs to this node and is no part of the state; that a room emits, or ends, happens on every
 * node at the same place in the order of changes.
 */
import { Writer } from '../wire/msgpack.ts';
import type { Room, RoomListener } from '../values/value.ts';
import type { Collection } from './collection.ts';

/** Gives what ends it; null when `listener` has joined before. */
export function join(room: Room, listener: RoomListener): (() => void) | null {
  const listeners = room.listeners ??= new Set();
  if (listeners.has(listener)) return null;
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && room.listeners === listeners) room.listeners = null;
  };
}

/** `args` is the array of arguments as MessagePack. Who emits from outside may leave itself out: `except`. */
export function emit({ name }: Collection, room: Room, event: string, args: Uint8Array, except: RoomListener | null = null): void {
  if (room.listeners === null) return;
  const body = roomBody(name, room, 4, out => {
    out.str('event');
    out.str(event);
    out.str('args');
    out.raw(args);
  });
  // A copy: who is told may leave.
  for (const listener of [...room.listeners]) if (listener !== except) listener.emitted(body);
}

/** The room is no more. */
export function end({ name }: Collection, room: Room): void {
  const { listeners } = room;
  if (listeners === null) return;
  room.listeners = null;
  const body = roomBody(name, room, 2);
  for (const listener of listeners) listener.deleted(body, room);
}

/** `{scope, id}` and what else there is: the body of every package about a room. */
export function roomBody(collection: string, room: Room, size = 2, more: (out: Writer) => void = () => {}): Uint8Array {
  const out = new Writer(64);
  out.map(size);
  out.str('scope');
  out.str(`@collection:${collection}`);
  out.str('id');
  out.int(room.id);
  more(out);
  return out.detach(0);
}
