import { lookupErr } from '../../errors/query-error.ts';
import { tokens as msg } from '../../errors/messages/admin.ts';
import { delTokens } from '../../system/events.ts';
import { builtin } from '../builtin.ts';
import { change, requireGrantUnlessOwn } from './_admin.ts';
import { assertKey } from './_token.ts';

export default builtin({
  name: 'del_token', args: ['str'], change: 'thingsdb', scope: 'thingsdb',
  run: (q, key) => {
    assertKey('del_token', key);
    const hash = q.host.secrets.hashKey(key);
    const user = q.system.usersByToken.get(hash);
    if (user === undefined) throw lookupErr(msg.notFound(key));
    requireGrantUnlessOwn(q, user);
    change(q, delTokens, { hashes: [hash] });
    return null;
  },
});
