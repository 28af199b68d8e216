import { lookupErr, operationErr } from '../../errors/query-error.ts';
import { nodes as msg } from '../../errors/messages/admin.ts';
import { delNode } from '../../system/events.ts';
import { builtin } from '../builtin.ts';

export default builtin({
  name: 'del_node', args: ['int'], change: 'thingsdb', scope: 'thingsdb',
  run: (q, given) => {
    const { system, host: { node } } = q;
    const id = Number(given);
    if (!system.nodes.has(id)) throw lookupErr(msg.notFound(given));
    if (id === system.nodeId || node.cluster?.members().has(id)) throw operationErr(msg.active(id), 'thingsdb-api/del_node');
    q.change!.do(delNode, system.replica, { id });
    return null;
  },
});
