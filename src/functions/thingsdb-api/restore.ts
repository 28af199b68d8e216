import { lookupErr, operationErr, typeErr, valueErr } from '../../errors/query-error.ts';
import { restore as msg } from '../../errors/messages/admin.ts';
import type { Query } from '../../evaluator/query.ts';
import { eachProperty } from '../../values/shape.ts';
import { typeName, type Thing } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { assertNoContent } from '../collection-api/_content.ts';

const DOCS = 'thingsdb-api/restore';

/** What a backup holds takes the place of everything, which must be empty; the host does it, after the query. */
export default builtin({
  name: 'restore', args: ['str', 'thing?'], change: 'thingsdb', scope: 'thingsdb', needs: 'FULL',
  run: (q, file, thing) => {
    const { takeAccess, restoreTasks } = readOptions(thing);
    if (takeAccess && restoreTasks) throw valueErr(msg.both(), DOCS);
    if (q.origin === 'future' || q.origin === 'task') throw operationErr(msg.apart(), DOCS);
    if (q.afterwards !== null) throw operationErr(msg.busy(), DOCS);
    const restore = q.host.node.restore({ file, user: q.user.id, takeAccess, tasks: restoreTasks });
    assertEmpty(q);
    q.afterwards = restore;
    return null;
  },
});

function readOptions(thing: Thing | undefined): { takeAccess: boolean; restoreTasks: boolean } {
  const options = { take_access: false, restore_tasks: false };
  if (thing !== undefined) {
    eachProperty(thing, (name, value) => {
      if (name !== 'take_access' && name !== 'restore_tasks') throw valueErr(msg.invalid(name), DOCS);
      if (typeof value !== 'boolean') throw typeErr(msg.type(name, typeName(value)), DOCS);
      options[name] = value;
    });
  }
  return { takeAccess: options.take_access, restoreTasks: options.restore_tasks };
}

/** So that nobody loses data by mistake. */
function assertEmpty({ system: { collections, modules, tasks } }: Query): void {
  if (tasks.length > 0) throw lookupErr(msg.remaining('task', tasks.length), DOCS);
  if (modules.size > 0) throw lookupErr(msg.remaining('module', modules.size), DOCS);
  collections.forEach(assertNoContent);
}
