import { lookupErr, valueErr } from '../../errors/query-error.ts';
import { backups as msg } from '../../errors/messages/admin.ts';
import type { Query } from '../../evaluator/query.ts';
import type { Backup } from '../../system/backups.ts';
import type { Writer } from '../../wire/msgpack.ts';
import { seconds } from '../thingsdb-api/_admin.ts';
import { utcText } from '../thingsdb-api/_user_info.ts';

export function assertPositive(fn: string, id: number | bigint): void {
  if (id < 0) throw valueErr(msg.positive(fn), `node-api/${fn}`);
}

export function backupOf(q: Query, id: number | bigint): Backup {
  const backup = typeof id === 'number' ? q.host.node.backups.get(id) : null;
  if (backup === null) throw lookupErr(msg.notFound(id));
  return backup;
}

export function packBackup(w: Writer, q: Query, backup: Backup): void {
  const { nextRun, repeat, result, files } = backup;
  w.map(4 + (nextRun === null ? 0 : 1) + (repeat === 0 ? 0 : 2) + (result === null ? 0 : 2));
  w.str('id');
  w.int(backup.id);
  w.str('created_at');
  w.int(backup.createdAt);
  w.str('file_template');
  w.str(backup.template);
  if (nextRun !== null) {
    w.str('next_run');
    w.str(nextRun <= seconds(q) ? 'pending' : utcText(nextRun).replace('T', ' '));
  }
  if (repeat !== 0) {
    w.str('repeat');
    w.int(repeat);
    w.str('max_files');
    w.int(backup.maxFiles);
  }
  if (result !== null) {
    w.str('result_message');
    w.str(result.message);
    w.str('result_code');
    w.int(result.code);
  }
  w.str('files');
  w.array(files.length);
  for (const file of files) w.str(file);
}
