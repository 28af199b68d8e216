import { setTaskOwner } from '../../collection/task-events.ts';
import { users as userMsg } from '../../errors/messages/admin.ts';
import { access as accessMsg } from '../../errors/messages/access.ts';
import { tasks as msg } from '../../errors/messages/futures.ts';
import { forbiddenErr, lookupErr } from '../../errors/query-error.ts';
import { PRIVILEGE, maskText } from '../../system/access.ts';
import { builtin } from '../builtin.ts';
import { change, locked } from './_task.ts';

/** The task runs with the rights of its owner, so nobody can give it more than they have. */
export default builtin({
  name: 'set_owner', on: 'task', args: ['lazy:str'], change: 'both',
  run: (q, self, given) => {
    const name = locked(self, given);
    const { system } = q;
    const owner = system.usersByName.get(name);
    if (owner === undefined) throw lookupErr(userMsg.notFound(name));
    const rights = system.accessOf(owner, q.access());
    const beyond = rights & ~q.rightsOn(q.access());
    if (beyond !== 0) throw forbiddenErr(msg.ownerRights(owner.name, maskText(beyond), q.user.name, q.scopeName()));
    if ((rights & PRIVILEGE.CHANGE) === 0) throw forbiddenErr(accessMsg.missing(owner.name, maskText(PRIVILEGE.CHANGE), q.scopeName()), 'thingsdb-api/grant');
    change(q, setTaskOwner, { id: self.id, owner: owner.id });
    return null;
  },
});
