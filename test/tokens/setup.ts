/** An engine with users, and logins by token on it and on a replica. */
import { packContext } from '../../src/evaluator/contexts.ts';
import type { Engine } from '../../src/engine.ts';
import { QueryError } from '../../src/errors/query-error.ts';
import { parseScope } from '../../src/system/scope.ts';
import type { Token } from '../../src/system/token.ts';
import { PlainSink, type Plain } from '../../src/wire/plain.ts';
import { pack } from '../../src/wire/result.ts';
import { setup, type Setup } from '../engine/setup.ts';

export const T = '@thingsdb';
export const STUFF = '//stuff';

export interface Tokens extends Setup {
  /** A query in `@thingsdb`, by admin. */
  admin(code: string): Plain;
  /** Makes a token by the arguments of `new_token`, written out: gives its key. */
  token(args: string): string;
}

/** User `anna` may do all in `//stuff`, `@thingsdb` and `@node`; user `bert` may only read `//stuff`, which has a procedure each that reads and writes, and a room. */
export function tokens(): Tokens {
  const all = setup();
  const admin = (code: string): Plain => all.query(code, T) as Plain;
  admin("new_user('anna'); new_user('bert'); grant('//stuff', 'bert', QUERY);");
  for (const scope of [STUFF, T, '@node']) admin(`grant('${scope}', 'anna', FULL);`);
  admin("new_collection('other'); grant('//other', 'anna', FULL);");
  all.query(`
    .n = 0;
    new_procedure('read', || .n);
    new_procedure('bump', || .n += 1);
    .lobby = room();
    .lobby.set_name('lobby');
    .attic = room();
    .attic.set_name('attic');
  `);
  return { ...all, admin, token: args => admin(`new_token(${args});`) as string };
}

const plain = (q: Parameters<typeof packContext>[0], value: Parameters<typeof pack>[0]): Plain => {
  const sink = new PlainSink();
  pack(value, sink, packContext(q));
  return sink.result;
};

/** What a request comes to: its value, or the error's name and text. */
export function outcome(run: () => unknown): unknown {
  try {
    return run();
  } catch (e) {
    if (e instanceof QueryError) return `${e.name}: ${e.message}`;
    throw e;
  }
}

export function ask(engine: Engine, key: string | Token, scope: string, code: string): unknown {
  return outcome(() => {
    const token = typeof key === 'string' ? engine.login(key) : key;
    return engine.query({ user: token.user, token, scope: parseScope(scope), code }, plain);
  });
}

export function call(engine: Engine, key: string | Token, scope: string, procedure: string): unknown {
  return outcome(() => {
    const token = typeof key === 'string' ? engine.login(key) : key;
    return engine.run({ user: token.user, token, scope: parseScope(scope), procedure, args: () => [] }, plain);
  });
}
