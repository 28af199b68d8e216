import type { Collection } from '../../collection/collection.ts';
import { operationErr } from '../../errors/query-error.ts';
import { exporting as msg } from '../../errors/messages/admin.ts';

/** For what puts something else in the place of a collection: so that nobody loses data by mistake. */
export function assertNoContent({ name, root, things, types, enums, procedures, tasks }: Collection): void {
  const content = [
    ['things', things.size > 1],
    ['types', types.size > 0],
    ['properties', root.count > 0],
    ['enums', enums.size > 0],
    ['procedures', procedures.size > 0],
    ['tasks', tasks.length > 0],
  ] as const;
  const found = content.find(([, there]) => there);
  if (found !== undefined) throw operationErr(msg.notEmpty(name, found[0]));
}
