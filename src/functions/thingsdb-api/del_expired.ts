import { builtin } from '../builtin.ts';
import { removeTokens } from './_token.ts';

export default builtin({
  name: 'del_expired', args: [], change: 'thingsdb', scope: 'thingsdb', needs: 'GRANT',
  run: q => {
    const expired = [...q.system.tokens.values()].filter(token => token.expired(q.host.now()));
    if (expired.length > 0) removeTokens(q, expired);
    return null;
  },
});
