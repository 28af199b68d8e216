/** Runs recorded cases against any server that speaks the protocol. */
import { Connection, RemoteError } from '../client/connection.ts';
import { dialNode } from '../client/node-transport.ts';
import { Reader, Writer } from '../wire/msgpack.ts';
import { PACKET } from '../wire/packet.ts';
import { packJson, unpackJson, type Case, type Json, type Outcome, type Step } from './case.ts';

/** Everything that earlier cases may have left behind. */
const RESET = [
  'collections_info().each(|c| del_collection(c.load().name));',
  "users_info().each(|u| if (u.load().name != 'admin') del_user(u.load().name));",
  'procedures_info().each(|p| del_procedure(p.load().name));',
  'modules_info().each(|m| del_module(m.load().name));',
  "new_collection('stuff'); set_default_deep('//stuff', 1); nil;",
];

export class RemoteRunner {
  private readonly url: string;
  private readonly admin: Connection;

  private constructor(url: string, admin: Connection) {
    this.url = url;
    this.admin = admin;
  }

  static async connect(url: string): Promise<RemoteRunner> {
    return new RemoteRunner(url, await login(url, ['admin', 'pass']));
  }

  async run(c: Case): Promise<Outcome[]> {
    for (const q of RESET) await query(this.admin, { scope: '@t', q }, new Map());
    const ids = new Map<number, string>();
    const connections = new Map<string, Connection>();
    const out: Outcome[] = [];
    for (const step of c.steps) {
      try {
        let connection = this.admin;
        if (step.auth !== undefined) {
          const key = JSON.stringify(step.auth);
          connection = connections.get(key) ?? (await login(this.url, step.auth));
          connections.set(key, connection);
        }
        out.push({ ok: await query(connection, step, ids) });
      } catch (e) {
        if (!(e instanceof RemoteError)) throw e;
        out.push({ err: { code: e.code, msg: e.message.replace(/; see https?:\/\/docs\.thingsdb\.io\/\S*/, '') } });
      }
    }
    for (const connection of connections.values()) connection.close();
    return out;
  }

  close(): void {
    this.admin.close();
  }
}

async function login(url: string, auth: string | readonly [string, string]): Promise<Connection> {
  const connection = await Connection.open(url, dialNode());
  const w = new Writer();
  packJson(w, typeof auth === 'string' ? auth : [...auth]);
  try {
    await connection.request(PACKET.auth, w.copy());
  } catch (e) {
    connection.close();
    throw e;
  }
  return connection;
}

async function query(connection: Connection, step: Step, ids: Map<number, string>): Promise<Json> {
  const w = new Writer();
  w.array(step.vars === undefined ? 2 : 3);
  w.str(step.scope ?? '//stuff');
  w.str(step.q);
  if (step.vars !== undefined) packJson(w, step.vars);
  return unpackJson(new Reader(await connection.requestBytes(PACKET.query, w.copy())), ids);
}
