import { forbiddenErr } from '../../errors/query-error.ts';
import { users as msg } from '../../errors/messages/admin.ts';
import { builtin } from '../builtin.ts';
import { info, userNamed } from './_admin.ts';
import { packUser } from './_user_info.ts';

/** One's own account in every scope; those of others in `@thingsdb`, with GRANT. */
export default builtin({
  name: 'user_info', args: ['lazy:str?'], change: 'never',
  run: (q, name) => {
    if (name === undefined) return info(w => packUser(w, q, q.user));
    if (q.kind !== 'thingsdb') throw forbiddenErr(msg.infoOnlyOwn(`@${q.kind}`), 'overview/scopes');
    q.require('GRANT');
    const user = userNamed(q, name());
    return info(w => packUser(w, q, user));
  },
});
