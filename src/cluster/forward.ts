/**
 * Requests that run on another node than the one that was asked: what has an effect runs where the lead is.
 *
 * A node numbers its requests. Who leads tags the changes of a request with node and number in the log, and keeps its
 * answer until the node that asked has it. So a connection that breaks is no loss: the same leader is asked again and
 * gives the same answer. When meanwhile another node leads, the one that asks first repeats all that was there when the
 * new leader began. If a change of its request is among that, it was made and only its answer is lost; if not, it never
 * will be, and is asked for anew. No change is made twice. The answer to a request with an id of its client is not lost:
 * it is part of the change.
 */
import type { RequestId } from '../collection/answered.ts';
import { emit } from '../collection/rooms.ts';
import { cluster as msg } from '../errors/messages/cluster.ts';
import { ERR } from '../errors/codes.ts';
import { NotHere } from '../errors/not-here.ts';
import { QueryError, cancelErr, doneErr, lookupErr, nodeErr } from '../errors/query-error.ts';
import { scope as scopeMsg } from '../errors/messages/scope.ts';
import type { RoomEmit } from '../host.ts';
import type { Client } from '../server/backend.ts';
import { LocalLogin, LocalScope, type LocalBackend } from '../server/local.ts';
import { asQueryError } from '../server/session.ts';
import { Token } from '../system/token.ts';
import { User } from '../system/user.ts';
import type { RoomListener } from '../values/value.ts';
import { Reader, Writer } from '../wire/msgpack.ts';
import { PACKET } from '../wire/packet.ts';
import { pause, type Clock } from './clock.ts';
import type { Origin } from './entry.ts';
import type { Member } from './member.ts';
import { packRequest, packResponse, packTold, readRequest, readResponse, readTold, type Request } from './messages.ts';
import type { Network, NetworkListener } from './network.ts';
import { Transfers, readTransferRequest, receive, type Received } from './transfer.ts';

export interface ForwardOptions {
  readonly member: Member;
  readonly local: LocalBackend;
  readonly network: Network;
  readonly clock: Clock;
  /** Milliseconds for which a request waits for a node that leads. */
  readonly waitMs: number;
  /** Requests of this node that wait for another one at the same time. */
  readonly maxOpen: number;
  readonly retryMs: number;
}

/** What a node was answered, and may ask for again, by number. It asks for none below `oldest`. */
interface Answers {
  oldest: number;
  readonly kept: Map<number, Promise<Uint8Array>>;
}

/** What one node asks of another: the first byte of a message. */
const ASK = { run: 1, runHere: 2, where: 3, transfer: 4 } as const;
/** The answer of a node that does not lead. */
const NOT_LEADING = new Uint8Array(0);

export type Forwarded = Omit<Request, 'number' | 'oldest' | 'term'>;

export class Forward implements NetworkListener {
  private readonly options: ForwardOptions;
  private readonly member: Member;
  private readonly transfers: Transfers;
  private next: number;
  /** Requests of this node that wait. */
  private readonly open = new Set<number>();
  /** Those of them that have made a change. */
  private readonly made = new Set<number>();
  private readonly answers = new Map<number, Answers>();
  /** Look at who leads whenever that changes. */
  private readonly watchers = new Set<() => void>();
  /** Who does not hear of the event of a request. */
  private readonly silent = new Map<number, RoomListener>();
  /** The request of another node that runs in this turn. */
  private running: Origin | null = null;

  constructor(options: ForwardOptions) {
    this.options = options;
    this.member = options.member;
    this.transfers = new Transfers(options.member, options.clock);
    // Greater than all before a restart.
    this.next = Math.floor(this.member.engine.host.now() * 1_000) * 1_000;
    this.member.leaderChanged = () => this.watchers.forEach(look => look());
    this.member.roomEvent = body => this.heard(body);
    this.member.ownChange = request => void (this.open.has(request) && this.made.add(request));
  }

  // ---- asking ------------------------------------------------------------------------------------------

  /** Has a request run where the lead is. Resolves when this node has repeated what it did. */
  async ask(what: Forwarded, client: Client, silent: RoomListener | null = null): Promise<Uint8Array> {
    const { open, options } = this;
    if (open.size >= options.maxOpen) throw nodeErr(msg.tooMany(options.maxOpen));
    const number = this.next++;
    open.add(number);
    if (silent !== null) {
      this.silent.set(number, silent);
      options.clock.after(options.waitMs, () => this.silent.delete(number));
    }
    try {
      const { change, warnings, result } = readResponse(await this.untilAnswered(number, what));
      // When this node begins anew, its clients are gone.
      await this.member.reached(change).catch(() => {});
      for (const warning of warnings) client.send(PACKET.warn, warning);
      if (result instanceof QueryError) throw result;
      return result;
    } finally {
      open.delete(number);
      this.made.delete(number);
    }
  }

  /** Has a request run on a certain node. */
  async askNode(node: number, what: Forwarded, client: Client): Promise<Uint8Array> {
    const body = tagged(ASK.runHere, packRequest({ ...what, number: 0, oldest: 0, term: 0 }));
    const answer = await this.options.network.call(node, body).catch(() => {
      throw lookupErr(scopeMsg.nodeNotFound(node));
    });
    const { warnings, result } = readResponse(answer);
    for (const warning of warnings) client.send(PACKET.warn, warning);
    if (result instanceof QueryError) throw result;
    return result;
  }

  private async untilAnswered(number: number, what: Forwarded): Promise<Uint8Array> {
    const { member, options: { clock, network, waitMs, retryMs } } = this;
    const deadline = clock.now() + waitMs;
    const again = { ...what, id: what.id === null ? null : { ...what.id, since: what.id.since ?? member.engine.system.answered.count } };
    // The term of the leader that may have run it.
    let asked = 0;
    let request = what;
    for (;;) {
      const { leader } = member;
      if (clock.now() > deadline) throw asked > 0 ? cancelErr(msg.unknown()) : nodeErr(msg.noLeader());
      if (leader === null || (leader.node === member.id && !member.leads)) {
        await pause(clock, retryMs / 4);
        continue;
      }
      const call = (body: Uint8Array): Promise<Uint8Array> =>
        this.whileLeading(leader.term, leader.node === member.id ? this.asked(member.id, body) : network.call(leader.node, body));
      try {
        if (asked > 0 && asked !== leader.term) {
          const where = await call(tagged(ASK.where, new Uint8Array(0)));
          if (where.length === 0) throw new Error('it does not lead yet');
          await member.reached(new Reader(where).safeInt());
          if (what.id === null && this.made.has(number)) throw doneErr(msg.answerLost());
          // With an id its answer was kept with the change, and is asked for.
          request = again;
          asked = 0;
        }
        const before = asked;
        asked = leader.term;
        const [oldest = number] = this.open;
        const answer = await call(tagged(ASK.run, packRequest({ ...request, number, oldest, term: leader.term })));
        if (answer.length > 0) return answer;
        // It has not run it; but it may have before, and have lost the lead since.
        asked = before;
      } catch (e) {
        if (e instanceof QueryError) throw e;
      }
      await pause(clock, retryMs / 4);
    }
  }

  /** An answer, or an error as soon as another node leads: one that is deposed and does not know it may be long in answering. */
  private async whileLeading(term: number, answer: Promise<Uint8Array>): Promise<Uint8Array> {
    const { watchers, member } = this;
    let look = (): void => {};
    const another = new Promise<never>((_resolve, reject) => {
      look = () => void (member.leader !== null && member.leader.term !== term && reject(new Error('another node leads')));
    });
    watchers.add(look);
    try {
      return await Promise.race([answer, another]);
    } finally {
      watchers.delete(look);
    }
  }

  // ---- answering ---------------------------------------------------------------------------------------

  async asked(from: number, body: Uint8Array): Promise<Uint8Array> {
    const { member } = this;
    if (body[0] === ASK.where) return member.leads ? packInt(member.committed) : NOT_LEADING;
    if (body[0] === ASK.transfer) {
      const number = readTransferRequest(body.slice(1));
      return number === 0 ? this.transfers.begin() : this.transfers.next(number);
    }
    const request = readRequest(body.subarray(1));
    if (body[0] === ASK.runHere) return packResponse(await this.run(request, null));
    const answers = this.answersTo(from, request.oldest);
    const known = answers.kept.get(request.number);
    if (known !== undefined) return known;
    // One that comes late, when it has long been answered, is not run again.
    if (!member.leads || request.term !== member.leader?.term || request.number < answers.oldest) return NOT_LEADING;
    const answer = this.runLeading(request, { node: from, request: request.number });
    answers.kept.set(request.number, answer);
    return answer;
  }

  /** The answers to a node, without those that it no longer waits for. */
  private answersTo(node: number, oldest: number): Answers {
    let answers = this.answers.get(node);
    if (answers === undefined) this.answers.set(node, (answers = { oldest, kept: new Map() }));
    if (oldest > answers.oldest) {
      answers.oldest = oldest;
      for (const number of answers.kept.keys()) if (number < oldest) answers.kept.delete(number);
    }
    return answers;
  }

  private async runLeading(request: Request, origin: Origin): Promise<Uint8Array> {
    try {
      const response = await this.run(request, origin);
      await this.member.pending;
      return packResponse(response);
    } catch (e) {
      // Not run, or undone. Anything else leaves open what became of it.
      if (e instanceof NotHere || (e instanceof QueryError && e.code === ERR.node)) return NOT_LEADING;
      throw e;
    }
  }

  /** Throws {@link NotHere} when it cannot run here. */
  private async run({ user: userId, token, kind, scope: text, text: code, items, count, id }: Request, tag: Origin | null): Promise<{ change: number; warnings: Uint8Array[]; result: Uint8Array | QueryError }> {
    const { local, member: { engine } } = this.options;
    const warnings: Uint8Array[] = [];
    // Who is no more has no access to anything.
    const user = engine.system.usersById.get(userId) ?? new User(userId, String(userId), 0);
    const login = new LocalLogin(user, token === '' ? null : new Token(token, user, 0, '', 0));
    const client: Client = { user: login, tag, send: (type, body) => void (type === PACKET.warn && warnings.push(body)) };
    const out = new Writer(1024);
    const reader = count === 0 ? null : new Reader(items);
    let result: Uint8Array | QueryError;
    let began = false;
    try {
      this.running = tag;
      const scope = local.scope(text);
      const late = kind === 'query' ? local.query(client, scope, code, reader, out, id)
        : kind === 'run' ? local.run(client, scope, code, reader, out, id)
        : local.emit(client, scope, reader!, count, kind === 'emit_peer');
      this.running = null;
      began = true;
      result = late === undefined ? out.detach(0) : await late;
    } catch (e) {
      if (e instanceof NotHere && !began) throw e;
      result = e instanceof NotHere ? cancelErr(msg.unknown()) : asQueryError(e, { log: engine.host.log });
    } finally {
      this.running = null;
      local.gone(client);
    }
    return { change: engine.changeId, warnings, result };
  }

  /** The engine is about to be replaced. */
  end(): void {
    this.transfers.end();
  }

  // ---- events of rooms ---------------------------------------------------------------------------------

  /** Tells the other nodes, at its place in the order of changes. */
  emitted(event: RoomEmit): void {
    const { member } = this;
    const { node, request } = this.running ?? { node: member.id, request: 0 };
    member.tell(packTold({ ...event, node, request }));
  }

  private heard(body: Uint8Array): void {
    const { member } = this;
    const { collection: id, room: roomId, event, args, node, request } = readTold(body);
    const collection = member.engine.system.collectionsById.get(id);
    const room = collection?.rooms.get(roomId);
    if (room === undefined) return;
    emit(collection!, room, event, args, node === member.id ? (this.silent.get(request) ?? null) : null);
  }
}

/** Has a node send its state. */
export function receiveFrom(network: Network, node: number): Promise<Received> {
  return receive(network, node, body => tagged(ASK.transfer, body));
}

function tagged(kind: number, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + body.length);
  bytes[0] = kind;
  bytes.set(body, 1);
  return bytes;
}

function packInt(n: number): Uint8Array {
  const out = new Writer(16);
  out.int(n);
  return out.detach(0);
}

/** What a client sent, to be run elsewhere. */
export function forwarded(kind: Request['kind'], client: Client, scope: LocalScope, text: string, items: Uint8Array, count: number, id: RequestId | null = null): Forwarded {
  const { user, token } = client.user as LocalLogin;
  return { user: user.id, token: token?.hash ?? '', kind, scope: scope.text, text, items, count, id };
}

export const FORWARD_LIMITS = Object.freeze({ waitMs: 10_000, maxOpen: 8192 });
