import { builtin } from '../builtin.ts';
import { info } from '../thingsdb-api/_admin.ts';
import { assertPositive, backupOf, packBackup } from './_backup.ts';

export default builtin({
  name: 'backup_info', args: ['int'], change: 'never', scope: 'node', needs: 'QUERY',
  run: (q, id) => {
    assertPositive('backup_info', id);
    const backup = backupOf(q, id);
    return info(w => packBackup(w, q, backup));
  },
});
