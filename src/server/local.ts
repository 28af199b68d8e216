/** The engine of this process as the backend of its edges. */
import { authErr, badDataErr } from '../errors/query-error.ts';
import { access as msg } from '../errors/messages/access.ts';
import type { Engine } from '../engine.ts';
import { packContext, varsContext } from '../evaluator/contexts.ts';
import { parseScope, scopeText, type ScopeName } from '../system/scope.ts';
import type { User } from '../system/user.ts';
import type { Reader, Writer } from '../wire/msgpack.ts';
import { pack } from '../wire/result.ts';
import { readVars } from '../wire/vars.ts';
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
    return new LocalScope(parseScope(text));
  }

  query(client: Client, scope: Scope, code: string, vars: Reader | null, out: Writer): Answer {
    const request = {
      user: client.user as User,
      scope: (scope as LocalScope).name,
      code,
      vars: vars === null ? undefined : vars,
    };
    this.engine.query(
      {
        user: request.user, scope: request.scope, code,
        ...(vars === null ? {} : { vars: q => readVars(vars, varsContext(q)) }),
      },
      (q, value) => pack(value, out, packContext(q)),
    );
  }

  run(_client: Client, _scope: Scope, _procedure: string, _args: Reader | null, _out: Writer): Answer {
    throw badDataErr('not yet');
  }

  durable(): Promise<unknown> | null {
    return null;
  }
}
