import { List } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { info } from '../thingsdb-api/_admin.ts';
import { packBackup } from './_backup.ts';

export default builtin({
  name: 'backups_info', args: [], change: 'never', scope: 'node', needs: 'QUERY',
  run: q => new List(q.host.node.backups.list.map(backup => info(w => packBackup(w, q, backup)))),
});
