import { operationErr } from '../../errors/query-error.ts';
import { users as msg } from '../../errors/messages/admin.ts';
import { PRIVILEGE } from '../../system/access.ts';
import { scopeNumber, setAccess } from '../../system/events.ts';
import { builtin } from '../builtin.ts';
import { change, maskBits, requireOn, scopeNamed, userNamed } from './_admin.ts';

/** Without CHANGE there is no GRANT. One cannot shut oneself out. */
export default builtin({
  name: 'revoke', args: ['any', 'lazy:str', 'lazy:int'], change: 'thingsdb', scope: 'thingsdb',
  run: (q, scopeArg, name, mask) => {
    const target = scopeNamed(q, scopeArg);
    requireOn(q, target, PRIVILEGE.GRANT);
    const user = userNamed(q, name());
    let bits = maskBits(mask());
    if ((bits & PRIVILEGE.CHANGE) !== 0) bits |= PRIVILEGE.GRANT;
    if (user === q.user && (bits & (PRIVILEGE.GRANT | PRIVILEGE.QUERY)) !== 0) throw operationErr(msg.ownPrivileges(), 'thingsdb-api/revoke');
    const had = q.system.access.get(target.scope)!.get(user.id);
    if (had === undefined) return null;
    const left = had & ~bits;
    change(q, setAccess, { scope: scopeNumber(target.scope), user: user.id, mask: left, remove: left === 0 });
    return null;
  },
});
