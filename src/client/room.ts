/**
 * A room as one client sees it: joined once, joined again after each reconnect, its events handed to whoever asked
 * for them.
 */
import { client as msg } from '../errors/messages/client.ts';
import { lookupErr, typeErr } from '../errors/query-error.ts';
import { ThingscopeError } from '../library/error.ts';
import { Feed } from '../library/feed.ts';
import { PACKET } from '../wire/packet.ts';
import type { Plain } from '../wire/plain.ts';
import { call } from './call.ts';
import type { RequestOptions } from './client.ts';
import type { Connection } from './connection.ts';
import { isUnfit, type Member, type Rooms } from './rooms.ts';

/** Events by name with the types of their arguments: `{ message: [text: string, by: string] }`. */
export type RoomEvents = object;
/** Nothing is known of a room's events. */
export type AnyEvents = { [event: string]: Plain[] };

type Name<E> = keyof E & string;
type Args<E, N extends Name<E>> = E[N] extends readonly unknown[] ? E[N] : never;
type Handler = (...args: never[]) => unknown;

/** One event, as an iteration over a room gives it. */
export type RoomEvent<E> = { [N in Name<E>]: { readonly event: N; readonly args: Args<E, N> } }[Name<E>];

/** Events that may wait to be read by one iteration. */
const EVENTS_WAITING_MAX = 10_000;

export class Room<E extends RoomEvents = AnyEvents> implements Member {
  /** `@collection:stuff`. */
  readonly scope: string;
  /** Id or name, or a query that answers the id. */
  readonly which: number | string;
  /** Null until it is known. A room that is looked up again after a reconnect may have another one then. */
  id: number | null = null;

  /** Called before the first {@link onJoin}, and never again. */
  onInit: () => unknown = () => {};
  /** Joined. `again`: after a reconnect; what was emitted meanwhile is missed, so this is the place to read afresh. */
  onJoin: (again: boolean) => unknown = () => {};
  /** The connection is lost; the room will be joined again. */
  onLost: (reason: Error) => unknown = () => {};
  /** Left, by `leave()`; with an error when it was refused to join again. */
  onLeave: (error: ThingscopeError | null) => unknown = () => {};
  /** The room exists no longer. */
  onDelete: () => unknown = () => {};
  /** An event that no handler was set for. */
  onEmit: (event: Name<E>, args: readonly Plain[]) => unknown = () => {};

  /** On which it is joined at the moment. */
  private connection: Connection | null = null;
  /** It was joined once and not left: so it is joined on each new connection. */
  private wanted = false;
  private initialised = false;
  private readonly rooms: Rooms;
  private readonly handlers = new Map<string, Set<Handler>>();
  private readonly feeds = new Set<Feed<RoomEvent<E>>>();

  /** Not to be called: `db.room()` makes rooms. */
  constructor(rooms: Rooms, scope: string, which: number | string) {
    this.rooms = rooms;
    this.scope = scope;
    this.which = which;
    if (typeof which === 'number') this.id = which;
  }

  get joined(): boolean {
    return this.connection !== null;
  }

  /**
   * Joins; resolves when events come. While there is no connection it waits for one.
   *
   * @throws {ThingscopeError} `lookup_err` when there is no such room, `forbidden_err` when it must not be joined.
   */
  async join(options: RequestOptions = {}): Promise<this> {
    if (this.wanted) return this;
    const again = { ...options, repeat: true };
    const target = this.direct ?? (await this.lookUp(this.rooms.ask(PACKET.query, [this.scope, this.which], again)));
    await this.rooms.ask(PACKET.join, [this.scope, target], again, (answer, connection) => {
      this.entered(answer, connection);
      this.rooms.follow(this, connection);
    });
    if (!this.wanted) throw new ThingscopeError(lookupErr(msg.noRoom(this.which, this.scope)), '');
    return this;
  }

  /** Ends events at once; resolves when the server knows. */
  async leave(): Promise<void> {
    const { connection } = this;
    if (!this.wanted) return;
    const last = this.out();
    // If that fails nobody hears of it: what comes is dropped here, and a connection that is lost has left its rooms.
    if (connection !== null && last) await this.rooms.client.askOn(connection, PACKET.leave, [this.scope, this.id]).catch(() => {});
    call(() => this.onLeave(null));
  }

  /** Sends an event to all who have joined, this client among them. Needs no `join()`. */
  async emit<N extends Name<E>>(event: N, ...args: Args<E, N>): Promise<void> {
    await this.send(PACKET.emit, event, args);
  }

  /** Sends an event to all who have joined but this client. */
  async emitToPeers<N extends Name<E>>(event: N, ...args: Args<E, N>): Promise<void> {
    await this.send(PACKET.emitPeer, event, args);
  }

  /** Calls a handler for each event of that name. Gives what ends that. */
  on<N extends Name<E>>(event: N, handler: (...args: Args<E, N>) => unknown): () => void {
    const handlers = this.handlers.get(event) ?? new Set();
    this.handlers.set(event, handlers.add(handler));
    return () => {
      handlers.delete(handler);
      if (handlers.size === 0) this.handlers.delete(event);
    };
  }

  /**
   * All events from now on, in order. Ends when the iteration is left, and with the room; throws when the reader falls
   * more than 10,000 events behind.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<RoomEvent<E>> {
    const feed: Feed<RoomEvent<E>> = new Feed('events', EVENTS_WAITING_MAX, () => this.feeds.delete(feed));
    this.feeds.add(feed);
    return feed;
  }

  private async send(type: number, event: string, args: readonly unknown[]): Promise<void> {
    const target = this.id ?? this.direct ?? (await this.lookUp(this.rooms.ask(PACKET.query, [this.scope, this.which], { repeat: true })));
    await this.rooms.ask(type, [this.scope, target, event, ...args], {});
  }

  /** What JOIN and EMIT take as it is, an id or a name; null for a query, which is to be asked for the id. */
  private get direct(): number | string | null {
    const { which } = this;
    return typeof which === 'number' || /^[A-Za-z_]\w*$/.test(which) ? which : null;
  }

  private async lookUp(asked: Promise<Plain>): Promise<number> {
    const id = await asked;
    if (typeof id !== 'number') throw new ThingscopeError(typeErr(msg.notARoomId(String(this.which))), '');
    return id;
  }

  /** The answer of a JOIN: a list with the id, or with nil. */
  private entered(answer: Plain, connection: Connection): void {
    const id = (answer as Plain[])[0];
    if (typeof id !== 'number' || this.connection === connection) return;
    const again = this.initialised;
    this.rooms.remove(this);
    this.id = id;
    this.connection = connection;
    this.wanted = true;
    this.initialised = true;
    this.rooms.add(this);
    if (!again) call(() => this.onInit());
    call(() => this.onJoin(again));
  }

  /** Joins on a new connection, before anything else is asked there. Throws when that connection is no good. */
  async resume(connection: Connection): Promise<void> {
    try {
      const { client } = this.rooms;
      const target = this.direct ?? (await this.lookUp(client.askOn(connection, PACKET.query, [this.scope, this.which])));
      await client.askOn(connection, PACKET.join, [this.scope, target], answer => {
        if (this.wanted) this.entered(answer, connection);
      });
      if (this.wanted && this.connection !== connection) this.deleted();
    } catch (e) {
      if (!(e instanceof ThingscopeError) || isUnfit(e)) throw e;
      this.out();
      call(() => this.onLeave(e));
    }
  }

  isOn(connection: Connection): boolean {
    return this.connection === connection;
  }

  emitted(event: string, args: Plain[]): void {
    for (const feed of this.feeds) feed.add({ event, args } as unknown as RoomEvent<E>);
    const handlers = this.handlers.get(event);
    if (handlers === undefined) call(() => this.onEmit(event as Name<E>, args));
    else for (const handler of [...handlers]) call(() => handler(...(args as never[])));
  }

  deleted(): void {
    this.out();
    call(() => this.onDelete());
  }

  lost(reason: Error): void {
    this.connection = null;
    call(() => this.onLost(reason));
  }

  /** The client is closed. */
  closed(): void {
    this.out();
  }

  /** Takes no more events; true when no other room of this client stands for the same one. */
  private out(): boolean {
    this.wanted = false;
    this.connection = null;
    for (const feed of [...this.feeds]) feed.end();
    return this.rooms.remove(this);
  }
}
