import { builtin } from '../builtin.ts';

export default builtin({
  name: 'backups_ok', args: [], change: 'never', scope: 'node', needs: 'QUERY',
  run: q => q.host.node.backups.ok,
});
