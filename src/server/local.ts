/** The engine of this process as the backend of its edges. */
import type { Engine } from '../engine.ts';
import { packContext, varsContext } from '../evaluator/contexts.ts';
import type { RequestId } from '../collection/answered.ts';
import { Once } from '../evaluator/once.ts';
import type { Query } from '../evaluator/query.ts';
import { parseScope, scopeText, type ScopeName } from '../system/scope.ts';
import type { Token } from '../system/token.ts';
import type { User } from '../system/user.ts';
import type { RoomListener, Value } from '../values/value.ts';
import { Writer, type Reader } from '../wire/msgpack.ts';
import { PACKET } from '../wire/packet.ts';
import { pack } from '../wire/result.ts';
import { readArgs, readVars } from '../wire/vars.ts';
import type { AttemptOptions } from './attempts.ts';
import { Logins } from './logins.ts';
import { JoinCounts, JoinedRooms } from './rooms.ts';
import { NODE_STATUS, type Answer, type Backend, type Client, type NodeStatus, type RequestIds, type Scope } from './backend.ts';

export class LocalScope implements Scope {
  readonly name: ScopeName;
  readonly text: string;
  constructor(name: ScopeName) {
    this.name = name;
    this.text = scopeText(name);
  }
}

/** Who logged in, and the token by which they did; null for a password. */
export class LocalLogin {
  readonly user: User;
  readonly token: Token | null;

  constructor(user: User, token: Token | null) {
    this.user = user;
    this.token = token;
  }

  get name(): string {
    return this.user.name;
  }
}

export class LocalBackend implements Backend {
  readonly engine: Engine;
  status: NodeStatus;
  private readonly logins: Logins;
  private readonly joined = new Map<Client, JoinedRooms>();
  readonly joins = new JoinCounts();
  /** See {@link Backend.durable}; without a store nothing is to be waited for. */
  readonly durable: (scope?: Scope | null) => Promise<unknown> | null;

  constructor(engine: Engine, store: { durable(scope: ScopeName | null): Promise<unknown> | null } | null = null, attempts: Partial<AttemptOptions> = {}) {
    this.engine = engine;
    this.logins = new Logins(engine, attempts);
    this.durable = store === null ? () => null : (scope = null) => store.durable(scope === null ? null : (scope as LocalScope).name);
    this.status = NODE_STATUS.ready;
  }

  async login(name: string, password: string, address: string): Promise<LocalLogin> {
    return new LocalLogin(await this.logins.byPassword(name, password, address), null);
  }

  loginToken(key: string, address: string): LocalLogin {
    const token = this.logins.byToken(key, address);
    return new LocalLogin(token.user, token);
  }

  scope(text: string): Scope {
    try {
      return new LocalScope(parseScope(text));
    } catch (e) {
      this.engine.host.node.counters.queriesWithError++;
      throw e;
    }
  }

  query(client: Client, scope: Scope, code: string, vars: Reader | null, out: Writer, id: RequestId | null = null): Answer {
    return this.engine.query(
      {
        warn: warner(client), tag: client.tag ?? null,
        ...loginOf(client), scope: (scope as LocalScope).name, code,
        ...(vars === null ? {} : { vars: (q: Query) => readVars(vars, varsContext(q)) }), once: id === null ? null : new OnceInto(client, id, out),
      },
      (q, value) => this.pack(q, value, out),
      (q, value) => this.packApart(q, value),
    );
  }

  run(client: Client, scope: Scope, procedure: string, args: Reader | null, out: Writer, id: RequestId | null = null): Answer {
    return this.engine.run(
      {
        warn: warner(client), tag: client.tag ?? null,
        ...loginOf(client), scope: (scope as LocalScope).name, procedure,
        args: (q, parameters) => readArgs(args, procedure, parameters, varsContext(q)), once: id === null ? null : new OnceInto(client, id, out),
      },
      (q, value) => this.pack(q, value, out),
      (q, value) => this.packApart(q, value),
    );
  }

  requestIds(): RequestIds | null {
    const { answeredLimits, system } = this.engine;
    return answeredLimits.bytes === 0 ? null : { max: answeredLimits.open, count: system.answered.count };
  }

  join(client: Client, scope: Scope, rooms: Reader, count: number, out: Writer): void {
    const q = this.forRooms(client, scope);
    this.joinedBy(client).join(q, rooms, count, out);
  }

  leave(client: Client, scope: Scope, rooms: Reader, count: number, out: Writer): void {
    const q = this.forRooms(client, scope);
    this.joinedBy(client).leave(q, rooms, count, out);
  }

  emit(client: Client, scope: Scope, request: Reader, count: number, peers: boolean): void {
    const q = this.forRooms(client, scope);
    this.joinedBy(client).emit(q, request, count, peers);
  }

  gone(client: Client): void {
    this.joined.get(client)?.leaveAll();
    this.joined.delete(client);
  }

  private forRooms(client: Client, scope: Scope): Query {
    const { user, token } = loginOf(client);
    return this.engine.forRooms(user, (scope as LocalScope).name, token);
  }

  /** What hears of the events of the rooms that a client has joined. */
  listenerOf(client: Client): RoomListener | null {
    return this.joined.get(client) ?? null;
  }

  private mayHear(client: Client): boolean {
    const { token } = client.user as LocalLogin;
    return token === null || this.engine.isValid(token);
  }

  private joinedBy(client: Client): JoinedRooms {
    let joined = this.joined.get(client);
    if (joined === undefined) this.joined.set(client, (joined = new JoinedRooms(client, this.joins, () => this.mayHear(client))));
    return joined;
  }

  private pack(q: Query, value: Value, out: Writer): void {
    const before = out.pos;
    pack(value, out, packContext(q));
    this.engine.host.node.counters.result(out.pos - before);
  }

  /** An answer that comes late: others use the buffer of the turn in which it was asked. */
  private packApart(q: Query, value: Value): Uint8Array {
    const out = new Writer(256);
    this.pack(q, value, out);
    return out.detach(0);
  }
}

/** A request with an id whose answer goes to `out`, or is bytes when it comes late. */
class OnceInto extends Once<Uint8Array> {
  private readonly out: Writer;
  private readonly start: number;

  constructor(client: Client, id: RequestId, out: Writer) {
    super((client.user as LocalLogin).user.id, id);
    this.out = out;
    this.start = out.pos;
  }

  override packed(late: Uint8Array | null): Uint8Array {
    return late ?? this.out.bytes.subarray(this.start, this.out.pos);
  }

  override recalled(answer: Uint8Array): Uint8Array {
    return answer;
  }
}

function loginOf(client: Client): { readonly user: User; readonly token: Token | null } {
  const { user, token } = client.user as LocalLogin;
  return { user, token };
}

/** `log()` of a query tells the client who asked, at once. */
function warner(client: Client): (text: string) => void {
  return text => {
    const out = new Writer(64);
    out.map(2);
    out.str('warn_code');
    out.int(WARN_LOG);
    out.str('warn_msg');
    out.str(text);
    client.send(PACKET.warn, out.detach(0));
  };
}

/** The only warning that there is: a line of `log()`. */
const WARN_LOG = 2;
