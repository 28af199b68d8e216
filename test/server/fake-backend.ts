/** A backend for the tests of the edges: it knows a few words instead of a language. */
import { QueryError, authErr, lookupErr, valueErr } from '../../src/errors/query-error.ts';
import type { RequestId } from '../../src/collection/answered.ts';
import { Reader, Writer } from '../../src/wire/msgpack.ts';
import type { Answer, Backend, Client, NodeStatus, RequestIds, Scope, User } from '../../src/server/backend.ts';

export class FakeBackend implements Backend {
  status: NodeStatus = 'READY';
  /** Each text that was asked, in order. */
  readonly asked: string[] = [];
  /** Set to hold back answers. */
  gate: Promise<unknown> | null = null;
  /** The scope of which nothing is held back. */
  free = '';
  /** Makes logins asynchronous. */
  slowLogin: Promise<void> | null = null;
  /** What clients are told of ids of requests. */
  ids: RequestIds | null = null;
  private readonly waiting: (() => void)[] = [];

  login(name: string, password: string): User | Promise<User> {
    const check = (): User => {
      if (name !== 'admin' || password !== 'pass') throw authErr('invalid username or password');
      return { name };
    };
    return this.slowLogin === null ? check() : this.slowLogin.then(check);
  }

  requestIds(): RequestIds | null {
    return this.ids;
  }

  loginToken(key: string): User {
    if (key !== 'token') throw authErr('invalid token');
    return { name: 'token' };
  }

  scope(text: string): Scope {
    if (!/^[@/](t|n|[:/][a-z]+)$/.test(text)) throw valueErr('invalid scope');
    return { text };
  }

  query(client: Client, scope: Scope, code: string, vars: Reader | null, out: Writer, id: RequestId | null): Answer {
    this.asked.push(code);
    switch (code) {
      case 'user':
        return out.str(client.user.name);
      case 'scope':
        return out.str(scope.text);
      case 'vars':
        return vars === null ? out.nil() : out.raw(vars.item());
      case 'id':
        out.array(2);
        out.raw(vars!.item());
        return out.str(JSON.stringify(id));
      case 'fail':
        out.str('half an answer');
        throw lookupErr('function `fail` is undefined', 'data-types', 'did you mean `file`?');
      case 'custom':
        throw new QueryError(-100, 'my own');
      case 'bug':
        throw new TypeError('x is not a function');
      case 'float':
        return out.float(1.5);
      case 'bytes':
        return out.bin(new Uint8Array([1, 2, 3]));
      case 'event':
        client.send(5, packed((event) => event.str('an event')));
        return out.nil();
      case 'wait':
        return new Promise((resolve) => this.waiting.push(() => resolve(packed((answer) => answer.str('waited')))));
      case 'wait fail':
        return new Promise((_, reject) => this.waiting.push(() => reject(lookupErr('too late'))));
      default:
        if (code.startsWith('big ')) return out.str('x'.repeat(Number(code.slice(4))));
        return out.str(code);
    }
  }

  run(_client: Client, _scope: Scope, procedure: string, args: Reader | null, out: Writer): Answer {
    out.array(2);
    out.str(procedure);
    if (args === null) out.nil();
    else out.raw(args.item());
  }

  join(_client: Client, _scope: Scope, _rooms: Reader, _count: number, out: Writer): Answer {
    out.array(0);
  }

  leave(_client: Client, _scope: Scope, _rooms: Reader, _count: number, out: Writer): Answer {
    out.array(0);
  }

  emit(): void {}

  gone(): void {}

  durable(scope: Scope | null = null): Promise<unknown> | null {
    return scope !== null && scope.text === this.free ? null : this.gate;
  }

  /** Ends all `wait`s. */
  wake(): void {
    for (const wake of this.waiting.splice(0)) wake();
  }
}

export function packed(write: (out: Writer) => void): Uint8Array {
  const out = new Writer();
  write(out);
  return out.copy();
}
