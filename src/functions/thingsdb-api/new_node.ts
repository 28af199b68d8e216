import { maxQuotaErr, operationErr, valueErr } from '../../errors/query-error.ts';
import { nodes as msg } from '../../errors/messages/admin.ts';
import { newNode } from '../../system/events.ts';
import { builtin } from '../builtin.ts';

/** Node ids that a scope can name. */
const NODES_MAX = 64;
const DEFAULT_PORT = 9220;

/** Makes room for a node; the one that leads then invites it, until it comes. */
export default builtin({
  name: 'new_node', args: ['str', 'lazy:str', 'lazy:int?'], change: 'thingsdb', scope: 'thingsdb',
  run: (q, secret, address, port) => {
    if (!/^[!-~]+$/.test(secret)) throw valueErr(msg.secret(), 'thingsdb-api/new_node');
    const host = address();
    const at = port?.() ?? DEFAULT_PORT;
    if (at < 1 || at > 65_535) throw valueErr(msg.port(at));
    const { host: { node, secrets }, system } = q;
    if (node.cluster === null) throw operationErr(msg.noCluster(), 'thingsdb-api/new_node');
    const id = lowestFree(system.nodes);
    if (id === NODES_MAX) throw maxQuotaErr(msg.tooMany(NODES_MAX), 'thingsdb-api/new_node');
    q.change!.do(newNode, system.replica, { id, address: host, port: Number(at), key: secrets.hashKey(secret), uid: secrets.newKey() });
    return id;
  },
});

function lowestFree(ids: ReadonlyMap<number, unknown>): number {
  let id = 0;
  while (ids.has(id)) id++;
  return id;
}
