import { valueErr } from '../../errors/query-error.ts';
import { backups as msg } from '../../errors/messages/admin.ts';
import { builtin } from '../builtin.ts';

export default builtin({
  name: 'has_backup', args: ['int'], change: 'never', scope: 'node', needs: 'QUERY',
  run: (q, id) => {
    if (id < 0) throw valueErr(msg.notNegative('has_backup'), 'node-api/has_backup');
    return typeof id === 'number' && q.host.node.backups.get(id) !== null;
  },
});
