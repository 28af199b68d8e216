/**
 * A node of a cluster as the backend of its edges: reads run here, everything with an effect where the lead is.
 *
 * The engine behind it may be replaced (`lives.ts`), whereupon all connections are ended: clients come back by
 * themselves. While there is none, or it is too old, requests are refused.
 */
import type { RequestId } from '../collection/answered.ts';
import type { Engine } from '../engine.ts';
import { cluster as msg } from '../errors/messages/cluster.ts';
import { NotHere } from '../errors/not-here.ts';
import { cancelErr, nodeErr } from '../errors/query-error.ts';
import type { Cluster, MemberInfo, RoomEmit } from '../host.ts';
import { NODE_STATUS, type Answer, type Backend, type Client, type NodeStatus, type RequestIds, type Scope, type User } from '../server/backend.ts';
import { LocalScope, type LocalBackend } from '../server/local.ts';
import { JoinCounts } from '../server/rooms.ts';
import type { Reader, Writer } from '../wire/msgpack.ts';
import { forwarded, type Forward } from './forward.ts';
import type { Member } from './member.ts';

/** An engine that takes part in the cluster. */
export interface Life {
  readonly member: Member;
  readonly local: LocalBackend;
  readonly forward: Forward;
}

export class ClusterBackend implements Backend, Cluster {
  life: Life | null = null;
  /** Set when the process is about to end. */
  shuttingDown = false;
  private wasFresh = false;

  get engine(): Engine | null {
    return this.life?.member.engine ?? null;
  }

  get joins(): LocalBackend['joins'] {
    return this.life?.local.joins ?? NO_JOINS;
  }

  // ---- as the language's functions see the cluster -----------------------------------------------------

  get leads(): boolean {
    return this.life?.member.leads ?? false;
  }

  members(): ReadonlyMap<number, MemberInfo> {
    return this.life?.member.present ?? new Map();
  }

  emitted(event: RoomEmit): void {
    this.life?.forward.emitted(event);
  }

  // ---- as clients see the node -------------------------------------------------------------------------

  get status(): NodeStatus {
    if (this.shuttingDown) return NODE_STATUS.shuttingDown;
    if (this.life === null) return NODE_STATUS.building;
    if (this.life.member.fresh) {
      this.wasFresh = true;
      return NODE_STATUS.ready;
    }
    return this.wasFresh ? NODE_STATUS.connecting : NODE_STATUS.synchronizing;
  }

  durable(): Promise<unknown> | null {
    // Among the answers that wait may be some of other nodes, whose changes were made.
    return this.life?.member.pending?.catch(() => {
      throw cancelErr(msg.unknown());
    }) ?? null;
  }

  login(name: string, password: string, address: string): User | Promise<User> {
    return this.alive().local.login(name, password, address);
  }

  loginToken(key: string, address: string): User | Promise<User> {
    return this.alive().local.loginToken(key, address);
  }

  scope(text: string): Scope {
    return this.alive().local.scope(text);
  }

  query(client: Client, scope: Scope, code: string, vars: Reader | null, out: Writer, id: RequestId | null = null): Answer {
    const { local, forward, member } = this.current();
    const at = vars?.pos ?? 0;
    const again = (): ReturnType<typeof forwarded> => forwarded('query', client, scope as LocalScope, code, itemsFrom(vars, at, 1), vars === null ? 0 : 1, id);
    const { name } = scope as LocalScope;
    if (name.kind === 'node' && name.id !== null && name.id !== member.id && member.present.has(name.id)) return forward.askNode(name.id, again(), client);
    return here(() => local.query(client, scope, code, vars, out, id), () => forward.ask(again(), client));
  }

  run(client: Client, scope: Scope, procedure: string, args: Reader | null, out: Writer, id: RequestId | null = null): Answer {
    const { local, forward } = this.current();
    const at = args?.pos ?? 0;
    return here(() => local.run(client, scope, procedure, args, out, id),
      () => forward.ask(forwarded('run', client, scope as LocalScope, procedure, itemsFrom(args, at, 1), args === null ? 0 : 1, id), client));
  }

  requestIds(): RequestIds | null {
    return this.life?.local.requestIds() ?? null;
  }

  join(client: Client, scope: Scope, rooms: Reader, count: number, out: Writer): Answer {
    return this.current().local.join(client, scope, rooms, count, out);
  }

  leave(client: Client, scope: Scope, rooms: Reader, count: number, out: Writer): Answer {
    return this.current().local.leave(client, scope, rooms, count, out);
  }

  emit(client: Client, scope: Scope, request: Reader, count: number, peers: boolean): Answer {
    const { local, forward } = this.current();
    const at = request.pos;
    return here(() => local.emit(client, scope, request, count, peers),
      () => forward.ask(forwarded(peers ? 'emit_peer' : 'emit', client, scope as LocalScope, '', itemsFrom(request, at, count), count),
        client, peers ? local.listenerOf(client) : null));
  }

  gone(client: Client): void {
    this.life?.local.gone(client);
  }

  private alive(): Life {
    if (this.life === null) throw nodeErr(msg.stale());
    return this.life;
  }

  private current(): Life {
    const life = this.alive();
    if (!life.member.fresh) throw nodeErr(msg.stale());
    return life;
  }
}

const NO_JOINS = new JoinCounts();

/** Runs a request here, or elsewhere if it must. */
function here(run: () => Answer, elsewhere: () => Promise<Uint8Array>): Answer {
  try {
    const answer = run();
    // Its futures come when some of it was done.
    return answer?.catch((e: unknown) => {
      throw e instanceof NotHere ? cancelErr(msg.unknown()) : e;
    });
  } catch (e) {
    if (e instanceof NotHere) return elsewhere();
    throw e;
  }
}

/** The bytes of the next items of a request. */
function itemsFrom(reader: Reader | null, at: number, count: number): Uint8Array {
  if (reader === null) return new Uint8Array(0);
  reader.pos = at;
  const items = Array.from({ length: count }, () => reader.item());
  const bytes = new Uint8Array(items.reduce((sum, item) => sum + item.length, 0));
  let to = 0;
  for (const item of items) {
    bytes.set(item, to);
    to += item.length;
  }
  return bytes;
}
