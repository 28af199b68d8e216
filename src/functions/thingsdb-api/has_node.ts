import { valueErr } from '../../errors/query-error.ts';
import { nodes as msg } from '../../errors/messages/admin.ts';
import { builtin } from '../builtin.ts';

export default builtin({
  name: 'has_node', args: ['int'], change: 'never', scope: 'thingsdb',
  run: (q, id) => {
    if (id < 0 || id > 0xffff_ffff) throw valueErr(msg.idRange('has_node'), 'thingsdb-api/has_node');
    return q.system.nodes.has(Number(id));
  },
});
