import { PRIVILEGE } from '../../system/access.ts';
import { scopeNumber, setAccess } from '../../system/events.ts';
import { builtin } from '../builtin.ts';
import { change, maskBits, requireOn, scopeNamed, userNamed } from './_admin.ts';

/** GRANT brings CHANGE with it. A mask of 0 makes an entry without any right. */
export default builtin({
  name: 'grant', args: ['any', 'lazy:str', 'lazy:int'], change: 'thingsdb', scope: 'thingsdb',
  run: (q, scopeArg, name, mask) => {
    const target = scopeNamed(q, scopeArg);
    requireOn(q, target, PRIVILEGE.GRANT);
    const user = userNamed(q, name());
    let bits = maskBits(mask());
    if ((bits & PRIVILEGE.GRANT) !== 0) bits |= PRIVILEGE.CHANGE;
    bits |= q.system.accessOf(user, target.scope);
    change(q, setAccess, { scope: scopeNumber(target.scope), user: user.id, mask: bits, remove: false });
    return null;
  },
});



