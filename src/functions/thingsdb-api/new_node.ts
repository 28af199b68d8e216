import { operationErr, valueErr } from '../../errors/query-error.ts';
import { nodes as msg } from '../../errors/messages/admin.ts';
import { builtin } from '../builtin.ts';

/** A node without a cluster takes no others. */
export default builtin({
  name: 'new_node', args: ['str', 'lazy:str', 'lazy:int?'], change: 'thingsdb', scope: 'thingsdb',
  run: (_q, secret, address, port) => {
    if (!/^[!-~]+$/.test(secret)) throw valueErr(msg.secret(), 'thingsdb-api/new_node');
    address();
    const at = port?.();
    if (at !== undefined && (at < 1 || at > 65_535)) throw valueErr(msg.port(at));
    throw operationErr(msg.noCluster(), 'thingsdb-api/new_node');
  },
});
