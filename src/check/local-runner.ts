/** Runs recorded cases against an engine in this process, through the same codec that clients use. */
import type { Engine } from '../engine.ts';
import { QueryError } from '../errors/query-error.ts';
import { LocalBackend } from '../server/local.ts';
import type { Client, User } from '../server/backend.ts';
import { Reader, Writer } from '../wire/msgpack.ts';
import { packJson, unpackJson, type Case, type Json, type Outcome, type Step } from './case.ts';

/** Runs one case on a new engine that `open` makes. */
export async function runCase(c: Case, open: () => Engine): Promise<Outcome[]> {
  const engine = open();
  const backend = new LocalBackend(engine);
  const admin = engine.system.usersById.get(1)!;
  const ids = new Map<number, string>();
  const logins = new Map<string, User>();
  const out: Outcome[] = [];
  for (const step of c.steps) {
    try {
      const user = step.auth === undefined ? admin : await login(backend, step.auth, logins);
      out.push({ ok: await runStep(backend, user, step, ids) });
    } catch (e) {
      if (!(e instanceof QueryError)) throw e;
      out.push({ err: { code: e.code, msg: e.message } });
    }
  }
  return out;
}

async function login(backend: LocalBackend, auth: string | [string, string], logins: Map<string, User>): Promise<User> {
  const key = JSON.stringify(auth);
  let user = logins.get(key);
  if (user === undefined) {
    user = typeof auth === 'string' ? await backend.loginToken(auth) : await backend.login(auth[0], auth[1]);
    logins.set(key, user);
  }
  return user;
}

async function runStep(backend: LocalBackend, user: User, step: Step, ids: Map<number, string>): Promise<Json> {
  const scope = backend.scope(step.scope ?? '//stuff');
  let vars: Reader | null = null;
  if (step.vars !== undefined) {
    const w = new Writer();
    packJson(w, step.vars);
    vars = new Reader(w.copy());
  }
  const client: Client = { user, send: () => {} };
  const out = new Writer();
  const later = backend.query(client, scope, step.q, vars, out);
  const bytes = later === undefined ? out.copy() : await later;
  return unpackJson(new Reader(bytes), ids);
}
