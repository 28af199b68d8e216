/** The client alone, for browsers and wherever else there is the web's `WebSocket`: `import { connect } from 'thingscope/client'`. */
import { dialWeb } from './client/transport.ts';
import { connectTo, type ConnectOptions, type RemoteDatabase } from './library/remote.ts';
import type { DatabaseSchema, Untyped } from './library/schema.ts';

/**
 * As `connect()` of `thingscope`, over WebSocket alone. It does not know the language, so it sends a query whose answer
 * was lost again only with `repeat: true`.
 */
export function connect<S extends DatabaseSchema = Untyped>(addresses: string | readonly string[], options: ConnectOptions = {}): Promise<RemoteDatabase<S>> {
  return connectTo<S>(addresses, options, { dial: dialWeb, isRead: () => false });
}

export { ThingscopeError } from './library/error.ts';
export { float } from './values/value.ts';
export type { RequestOptions } from './client/client.ts';
export type { AnyEvents, Room, RoomEvent, RoomEvents } from './client/room.ts';
export type { ConnectOptions, RemoteDatabase } from './library/remote.ts';
export type { Database, Vars } from './library/database.ts';
export type { DatabaseSchema, Dict, Ref, Untyped } from './library/schema.ts';
export type { Plain } from './wire/plain.ts';
