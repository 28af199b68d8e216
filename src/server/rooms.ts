/** Requests about rooms: JOIN, LEAVE, EMIT and EMIT_PEER, and what is sent to those who have joined. */
import { emit, join, roomBody } from '../collection/rooms.ts';
import { NotHere } from '../errors/not-here.ts';
import { badDataErr, forbiddenErr } from '../errors/query-error.ts';
import { whitelists as whitelistMsg } from '../errors/messages/admin.ts';
import { rooms as msg } from '../errors/messages/futures.ts';
import { packContext, varsContext } from '../evaluator/contexts.ts';
import type { Query } from '../evaluator/query.ts';
import { findRoom, storedRoom } from '../evaluator/rooms.ts';
import { allowed } from '../system/user.ts';
import type { Room, RoomListener, Value } from '../values/value.ts';
import { KIND, Writer, type Reader } from '../wire/msgpack.ts';
import { PACKET } from '../wire/packet.ts';
import { pack } from '../wire/result.ts';
import { readValue } from '../wire/vars.ts';
import type { Client } from './backend.ts';

/** Depth of the arguments of an EMIT: they come from outside, so all of them is shown. */
const EMIT_DEEP = 127;

/** How often all clients of a server together have joined rooms. */
export class JoinCounts {
  joins = 0;
  private readonly byRoom = new Map<Room, number>();

  /** Rooms that somebody has joined. */
  get rooms(): number {
    return this.byRoom.size;
  }

  add(room: Room): void {
    this.joins++;
    this.byRoom.set(room, (this.byRoom.get(room) ?? 0) + 1);
  }

  remove(room: Room): void {
    this.joins--;
    const left = this.byRoom.get(room)! - 1;
    if (left === 0) this.byRoom.delete(room);
    else this.byRoom.set(room, left);
  }
}

/** The rooms that one client has joined. */
export class JoinedRooms implements RoomListener {
  private readonly client: Client;
  private readonly counts: JoinCounts;
  /** False once the token by which the client came is of no use any more. */
  private readonly mayHear: () => boolean;
  /** What leaves each. */
  private readonly rooms = new Map<Room, () => void>();

  constructor(client: Client, counts: JoinCounts, mayHear: () => boolean) {
    this.client = client;
    this.counts = counts;
    this.mayHear = mayHear;
  }

  emitted(body: Uint8Array): void {
    if (this.mayHear()) this.client.send(PACKET.roomEmit, body);
    else this.leaveAll();
  }

  deleted(body: Uint8Array, room: Room): void {
    if (this.rooms.delete(room)) this.counts.remove(room);
    this.client.send(PACKET.roomDelete, body);
  }

  /** Answers the id of each room, nil for those that do not exist or, of several, may not be joined. */
  join(q: Query, reader: Reader, count: number, out: Writer): void {
    const rooms = namedRooms(q, reader, count, 'join').map(room => (room === null || this.mayJoin(q, room, count) ? room : null));
    answerIds(rooms, out);
    for (const room of rooms) {
      const leave = room === null ? null : join(room, this);
      if (leave === null) continue;
      this.rooms.set(room!, leave);
      this.counts.add(room!);
      this.client.send(PACKET.roomJoin, roomBody(q.collection!.name, room!));
    }
  }

  private mayJoin(q: Query, room: Room, asked: number): boolean {
    const rules = q.user.whitelists.rooms;
    const listed = rules === null || (room.name !== null && allowed(rules, room.name));
    if (listed && q.mayJoin(room)) return true;
    if (asked > 1) return false;
    if (listed) q.require('JOIN');
    throw forbiddenErr(room.name === null ? whitelistMsg.roomId(room.id) : whitelistMsg.room(room.name));
  }

  leave(q: Query, reader: Reader, count: number, out: Writer): void {
    const rooms = namedRooms(q, reader, count, 'leave');
    for (const room of rooms) {
      const leave = room === null ? undefined : this.rooms.get(room);
      if (leave === undefined) continue;
      leave();
      this.rooms.delete(room!);
      this.counts.remove(room!);
      this.client.send(PACKET.roomLeave, roomBody(q.collection!.name, room!));
    }
    answerIds(rooms, out);
  }

  /** With `peers` all hear of it but the client itself. */
  emit(q: Query, reader: Reader, count: number, peers: boolean): void {
    const { which, event } = readEmit(reader, count);
    const room = findRoom(q, which);
    if (!q.mayJoin(room)) q.require('JOIN');
    const args: Value[] = [];
    for (let i = 2; i < count; i++) args.push(readValue(reader, varsContext(q)));
    const { cluster } = q.host.node;
    if (cluster?.leads === false) throw new NotHere();
    if (room.listeners === null && cluster === null) return;
    const out = new Writer(64);
    out.array(args.length);
    for (const arg of args) pack(arg, out, { ...packContext(q), deep: EMIT_DEEP });
    const data = out.detach(0);
    emit(q.collection!, room, event, data, peers ? this : null);
    cluster?.emitted({ collection: q.collection!.id, room: room.id, event, args: data });
  }

  /** The client is gone. */
  leaveAll(): void {
    for (const [room, leave] of this.rooms) {
      leave();
      this.counts.remove(room);
    }
    this.rooms.clear();
  }
}

/** The rooms that a request names by id or name; null for those that do not exist. */
function namedRooms(q: Query, reader: Reader, count: number, request: string): (Room | null)[] {
  const rooms: (Room | null)[] = [];
  for (let i = 0; i < count; i++) {
    const which = readRoom(reader);
    if (which === null) throw badDataErr(msg.requestItem(request), 'listening');
    rooms.push(storedRoom(q, which));
  }
  return rooms;
}

/** An id or a name; null when something else stands there. */
function readRoom(reader: Reader): number | bigint | string | null {
  const kind = reader.kind();
  if (kind === KIND.int) return reader.int();
  return kind === KIND.str ? reader.str() : null;
}

function readEmit(reader: Reader, count: number): { which: number | bigint | string; event: string } {
  if (count < 2) throw badDataErr(msg.invalidEmit());
  const which = readRoom(reader);
  if (which === null) throw badDataErr(msg.emitItem(), 'listening');
  if (reader.kind() !== KIND.str) throw badDataErr(msg.invalidEmit());
  return { which, event: reader.str() };
}

function answerIds(rooms: readonly (Room | null)[], out: Writer): void {
  out.array(rooms.length);
  for (const room of rooms) {
    if (room === null) out.nil();
    else out.int(room.id);
  }
}
