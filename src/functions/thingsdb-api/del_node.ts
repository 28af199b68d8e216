import { lookupErr, operationErr } from '../../errors/query-error.ts';
import { nodes as msg } from '../../errors/messages/admin.ts';
import { builtin } from '../builtin.ts';

export default builtin({
  name: 'del_node', args: ['int'], change: 'thingsdb', scope: 'thingsdb',
  run: (q, id) => {
    const { nodeId } = q.system;
    if (id !== nodeId) throw lookupErr(msg.notFound(id));
    throw operationErr(msg.active(nodeId), 'thingsdb-api/del_node');
  },
});
