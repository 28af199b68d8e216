/** `connect()` for Node. */
import { dialNode, type TlsOptions } from '../client/node-transport.ts';
import { isRead } from '../engine.ts';
import { connectTo, type ConnectOptions, type RemoteDatabase } from './remote.ts';
import type { DatabaseSchema, Untyped } from './schema.ts';

export interface NodeConnectOptions extends ConnectOptions {
  /** For `wss:` and `tls:`, as of Node's `tls.connect`: `ca`, `cert`, `key`, `servername`, `rejectUnauthorized` … */
  readonly tls?: TlsOptions;
}

/**
 * Connects and logs in, and does so again whenever the connection is lost.
 *
 * @param addresses `ws://127.0.0.1:9270`, `wss://…`, `tcp://127.0.0.1:9200`, `tls://…`, `pipe:/path`; of several nodes
 *   any one will do.
 * @throws {ThingscopeError} `write_uv_err` when no address can be reached, `auth_err` when the login is refused.
 */
export function connect<S extends DatabaseSchema = Untyped>(
  addresses: string | readonly string[], { tls, ...options }: NodeConnectOptions = {},
): Promise<RemoteDatabase<S>> {
  return connectTo<S>(addresses, options, { dial: dialNode(tls), isRead });
}
