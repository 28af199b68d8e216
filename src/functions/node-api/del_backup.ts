import { builtin } from '../builtin.ts';
import { assertPositive, backupOf } from './_backup.ts';

/** The schedule; with `true` also the files that were made. */
export default builtin({
  name: 'del_backup', args: ['int', 'lazy:bool?'], change: 'never', scope: 'node', needs: 'CHANGE',
  run: (q, id, filesArg) => {
    assertPositive('del_backup', id);
    const files = filesArg?.() ?? false;
    q.host.node.backups.remove(backupOf(q, id), files);
    return null;
  },
});
