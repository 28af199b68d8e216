/** The library: `import { open, connect } from 'thingscope'`. */
export type { Audit } from './cause.ts';
export type { ChangeRecord } from './change-record.ts';
export { open, type LocalDatabase, type OpenOptions } from './library/open.ts';
export { connect, type NodeConnectOptions as ConnectOptions } from './library/connect.ts';
export type { RemoteDatabase } from './library/remote.ts';
export type { RequestOptions } from './client/client.ts';
export type { AnyEvents, Room, RoomEvent, RoomEvents } from './client/room.ts';
export type { Database, Vars } from './library/database.ts';
export type { DatabaseSchema, Dict, Ref, Untyped } from './library/schema.ts';
export { typesOf } from './codegen/module.ts';
export { ThingscopeError } from './library/error.ts';
export { float } from './values/value.ts';
export type { JavaScriptModule } from './modules/javascript.ts';
export type { Plain } from './wire/plain.ts';
export type { Limits } from './evaluator/limits.ts';
export type { Host } from './host.ts';
