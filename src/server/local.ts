/** The engine of this process as the backend of its edges. */
import { authErr } from '../errors/query-error.ts';
import { access as msg } from '../errors/messages/access.ts';
import type { Engine } from '../engine.ts';
import { packContext, varsContext } from '../evaluator/contexts.ts';
import type { Query } from '../evaluator/query.ts';
import { parseScope, scopeText, type ScopeName } from '../system/scope.ts';
import type { User } from '../system/user.ts';
import type { Value } from '../values/value.ts';
import type { Reader, Writer } from '../wire/msgpack.ts';
import { pack } from '../wire/result.ts';
import { readArgs, readVars } from '../wire/vars.ts';
import { NODE_STATUS, type Answer, type Backend, type Client, type NodeStatus, type Scope } from './backend.ts';

class LocalScope implements Scope {
  readonly name: ScopeName;
  readonly text: string;
  constructor(name: ScopeName) {
    this.name = name;
    this.text = scopeText(name);
  }
}

export class LocalBackend implements Backend {
  readonly engine: Engine;
  status: NodeStatus;

  constructor(engine: Engine) {
    this.engine = engine;
    this.status = NODE_STATUS.ready;
  }

  login(name: string, password: string): User {
    const { system, host } = this.engine;
    const user = system.usersByName.get(name);
    if (user === undefined || user.passwordHash === null || !host.secrets.checkPassword(password, user.passwordHash)) {
      throw authErr(msg.wrongPassword());
    }
    return user;
  }

  loginToken(key: string): User {
    const { system, host } = this.engine;
    const hash = host.secrets.hashKey(key);
    const user = system.usersByToken.get(hash);
    const token = user?.tokens.find(token => token.hash === hash);
    if (user === undefined || token === undefined) throw authErr(msg.invalidToken());
    if (token.expiresAt !== 0 && token.expiresAt < Math.floor(host.now())) throw authErr(msg.expiredToken());
    return user;
  }

  scope(text: string): Scope {
    try {
      return new LocalScope(parseScope(text));
    } catch (e) {
      this.engine.host.node.counters.queriesWithError++;
      throw e;
    }
  }

  query(client: Client, scope: Scope, code: string, vars: Reader | null, out: Writer): Answer {
    this.engine.query(
      {
        user: client.user as User, scope: (scope as LocalScope).name, code,
        ...(vars === null ? {} : { vars: (q: Query) => readVars(vars, varsContext(q)) }),
      },
      (q, value) => this.pack(q, value, out),
    );
  }

  run(client: Client, scope: Scope, procedure: string, args: Reader | null, out: Writer): Answer {
    this.engine.run(
      {
        user: client.user as User, scope: (scope as LocalScope).name, procedure,
        args: (q, parameters) => readArgs(args, procedure, parameters, varsContext(q)),
      },
      (q, value) => this.pack(q, value, out),
    );
  }

  private pack(q: Query, value: Value, out: Writer): void {
    const before = out.pos;
    pack(value, out, packContext(q));
    this.engine.host.node.counters.result(out.pos - before);
  }

  durable(): Promise<unknown> | null {
    return null;
  }
}
