import { lookupErr } from '../../errors/query-error.ts';
import { users as msg } from '../../errors/messages/admin.ts';
import { newUser } from '../../system/events.ts';
import { builtin } from '../builtin.ts';
import { assertUserName, change, seconds } from './_admin.ts';

/** A new user has no password and no access. */
export default builtin({
  name: 'new_user', args: ['str'], change: 'thingsdb', scope: 'thingsdb', needs: 'GRANT',
  run: (q, name) => {
    assertUserName(name);
    if (q.system.usersByName.has(name)) throw lookupErr(msg.exists(name));
    change(q, newUser, { id: q.system.nextId, name, createdAt: seconds(q) });
    return name;
  },
});
