import { typeErr, valueErr } from '../../errors/query-error.ts';
import { restore as msg } from '../../errors/messages/admin.ts';
import { eachProperty } from '../../values/shape.ts';
import { typeName, type Thing } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

const DOCS = 'thingsdb-api/restore';

/** What a backup holds takes the place of everything; the host does it. */
export default builtin({
  name: 'restore', args: ['str', 'thing?'], change: 'thingsdb', scope: 'thingsdb', needs: 'FULL',
  run: (q, file, thing) => {
    const { takeAccess, restoreTasks } = readOptions(thing);
    if (takeAccess && restoreTasks) throw valueErr(msg.both(), DOCS);
    q.host.node.restore(file, takeAccess, restoreTasks);
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
