/** The rooms that a client has joined, by scope and id. Several `Room`s may stand for one room of the server. */
import { ERR } from '../errors/codes.ts';
import { QueryError } from '../errors/query-error.ts';
import { ThingscopeError } from '../library/error.ts';
import { parseScope, scopeText } from '../system/scope.ts';
import { PACKET } from '../wire/packet.ts';
import type { Plain } from '../wire/plain.ts';
import type { Client, RequestOptions } from './client.ts';
import type { Connection } from './connection.ts';
import { Room, type RoomEvents } from './room.ts';

/** What the client knows of a room that was joined. */
export interface Member {
  readonly scope: string;
  readonly id: number | null;
  isOn(connection: Connection): boolean;
  /** Joins on a new connection. Throws when that is of no use. */
  resume(connection: Connection): Promise<void>;
  emitted(event: string, args: Plain[]): void;
  deleted(): void;
  lost(reason: Error): void;
  closed(): void;
}

export class Rooms {
  readonly client: Client;
  private readonly byKey = new Map<string, Set<Member>>();

  constructor(client: Client) {
    this.client = client;
  }

  make<E extends RoomEvents>(scope: string, which: number | string): Room<E> {
    try {
      return new Room<E>(this, scopeText(parseScope(scope)), which);
    } catch (e) {
      throw e instanceof QueryError ? new ThingscopeError(e, '') : e;
    }
  }

  ask(type: number, body: readonly unknown[], options: RequestOptions, answered?: (answer: Plain, connection: Connection) => void): Promise<Plain> {
    return this.client.ask({ type, body: this.client.pack(body), mayRepeat: () => false, options, ...(answered === undefined ? {} : { answered }) });
  }

  add(room: Member): void {
    const key = keyOf(room.scope, room.id);
    this.byKey.set(key, (this.byKey.get(key) ?? new Set()).add(room));
  }

  /** True when no other stands for the same room. */
  remove(room: Member): boolean {
    const key = keyOf(room.scope, room.id);
    const same = this.byKey.get(key);
    same?.delete(room);
    if (same !== undefined && same.size > 0) return false;
    this.byKey.delete(key);
    return true;
  }

  /** Joins all of them on a new connection. Throws when that is of no use. */
  async resume(connection: Connection): Promise<void> {
    for (;;) {
      // More may be joined meanwhile, on the connection that is still in use.
      const missing = this.all().filter(room => !room.isOn(connection));
      if (missing.length === 0) return;
      await Promise.all(missing.map(room => room.resume(connection)));
    }
  }

  /** Where a room was joined just now may be in use no longer; then it follows. */
  follow(room: Member, joinedOn: Connection): void {
    const { current } = this.client;
    // If that one fails too, whatever comes after it resumes all rooms.
    if (current !== null && current !== joinedOn) room.resume(current).catch(() => {});
  }

  /** A package about a room. */
  event(connection: Connection, type: number, body: Plain): void {
    const { scope, id, event, args } = body as { scope: string; id: number; event: string; args: Plain[] };
    for (const room of [...(this.byKey.get(keyOf(scope, id)) ?? [])]) {
      // After a move to another node the old one may still tell what the new one tells too.
      if (!room.isOn(connection)) continue;
      if (type === PACKET.roomEmit) room.emitted(event, args);
      else if (type === PACKET.roomDelete) room.deleted();
    }
  }

  lost(connection: Connection, reason: Error): void {
    for (const room of this.all()) if (room.isOn(connection)) room.lost(reason);
  }

  closed(): void {
    for (const room of this.all()) room.closed();
  }

  private all(): Member[] {
    return [...this.byKey.values()].flatMap(rooms => [...rooms]);
  }
}

/** Whether an error says that a node cannot take part at the moment, rather than that something is wrong with a request. */
export function isUnfit(error: ThingscopeError): boolean {
  return error.code === ERR.node;
}

function keyOf(scope: string, id: number | null): string {
  return `${scope} ${id}`;
}
