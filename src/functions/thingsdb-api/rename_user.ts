import { lookupErr } from '../../errors/query-error.ts';
import { users as msg } from '../../errors/messages/admin.ts';
import { renUser } from '../../system/events.ts';
import { builtin } from '../builtin.ts';
import { assertUserName, change, userNamed } from './_admin.ts';

export default builtin({
  name: 'rename_user', args: ['str', 'lazy:str'], change: 'thingsdb', scope: 'thingsdb', needs: 'GRANT',
  run: (q, name, to) => {
    const user = userNamed(q, name);
    const newName = to();
    assertUserName(newName);
    if (q.system.usersByName.has(newName)) throw lookupErr(msg.exists(newName));
    change(q, renUser, { user: user.id, to: newName });
    return null;
  },
});
