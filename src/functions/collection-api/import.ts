import { assert } from '../../errors/assert.ts';
import { operationErr } from '../../errors/query-error.ts';
import { exporting as msg } from '../../errors/messages/admin.ts';
import { heldBy, settle } from '../../evaluator/held.ts';
import { isInUse } from '../../collection/in-use.ts';
import type { Query } from '../../evaluator/query.ts';
import { builtin } from '../builtin.ts';
import { assertNoContent } from './_content.ts';
import { importDump } from './_import_dump.ts';
import { readOption } from './_options.ts';

/** Into an empty collection, which keeps its name, depth, time zone and history. */
export default builtin({
  name: 'import', args: ['bytes', 'thing?'], change: 'collection', scope: 'collection',
  run: (q, data, options) => {
    const withTasks = readOption('import', 'import_tasks', options);
    assertEmpty(q);
    assert(q.change !== null && q.replica !== null, 'its name makes the query a change');
    importDump(q, q.change, q.replica, data.data, withTasks);
    return null;
  },
});

function assertEmpty(q: Query): void {
  settle(q);
  const collection = q.theCollection();
  const { name, root } = collection;
  assertNoContent(collection);
  if (isInUse(q, root) || heldBy(q).has(root)) throw operationErr(msg.inUse(name));
}
