import { operationErr } from '../../errors/query-error.ts';
import { users as msg } from '../../errors/messages/admin.ts';
import { delUser } from '../../system/events.ts';
import { builtin } from '../builtin.ts';
import { change, userNamed } from './_admin.ts';
import { auditRemovalOf } from './_token.ts';

/** Open connections stay, without any right. */
export default builtin({
  name: 'del_user', args: ['str'], change: 'thingsdb', scope: 'thingsdb', needs: 'GRANT',
  run: (q, name) => {
    const user = userNamed(q, name);
    if (user === q.user) throw operationErr(msg.ownAccount(), 'thingsdb-api/del_user');
    if (user.tokens.length > 0) auditRemovalOf(q, user.tokens);
    change(q, delUser, { user: user.id });
    return null;
  },
});
