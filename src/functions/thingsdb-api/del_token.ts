import { builtin } from '../builtin.ts';
import { requireGrantUnlessOwn } from './_admin.ts';
import { removeTokens, tokenNamed } from './_token.ts';

export default builtin({
  name: 'del_token', args: ['str'], change: 'thingsdb', scope: 'thingsdb',
  run: (q, which) => {
    const token = tokenNamed(q, 'del_token', which);
    requireGrantUnlessOwn(q, token.user);
    removeTokens(q, [token]);
    return null;
  },
});
