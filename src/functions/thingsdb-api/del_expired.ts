import { delTokens } from '../../system/events.ts';
import { builtin } from '../builtin.ts';
import { change, seconds } from './_admin.ts';

export default builtin({
  name: 'del_expired', args: [], change: 'thingsdb', scope: 'thingsdb', needs: 'GRANT',
  run: q => {
    const now = seconds(q);
    const hashes: string[] = [];
    for (const user of q.system.users) {
      for (const token of user.tokens) if (token.expiresAt !== 0 && token.expiresAt < now) hashes.push(token.hash);
    }
    if (hashes.length > 0) change(q, delTokens, { hashes });
    return null;
  },
});
