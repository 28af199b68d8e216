import { valueErr } from '../../errors/query-error.ts';
import { backups as msg } from '../../errors/messages/admin.ts';
import { builtin } from '../builtin.ts';
import { seconds } from '../thingsdb-api/_admin.ts';

/** Files that are kept of a repeated backup. */
const MAX_FILES = 7;

/** Without a start it is due at once. */
export default builtin({
  name: 'new_backup', args: ['str', 'lazy:datetime|timeval|nil?', 'lazy:int?', 'lazy:int?'], change: 'never', scope: 'node', needs: 'CHANGE',
  run: (q, template, startArg, repeatArg, maxFilesArg) => {
    if (!template.endsWith('.tar.gz')) throw valueErr(msg.fileName(), 'node-api/new_backup');
    const now = seconds(q);
    const start = startArg?.() ?? null;
    const repeat = Math.max(0, Number(repeatArg?.() ?? 0));
    const maxFiles = Math.max(1, Number(maxFilesArg?.() ?? MAX_FILES));
    return q.host.node.backups.add(template, now, start === null ? now : Number(start.ts), repeat, maxFiles).id;
  },
});
