import { builtin } from '../builtin.ts';
import { info } from './_admin.ts';
import { packTokenInfo, requireGrantToSee, tokenNamed } from './_token.ts';

export default builtin({
  name: 'token_info', args: ['str'], change: 'never', scope: 'thingsdb',
  run: (q, which) => {
    const token = tokenNamed(q, 'token_info', which);
    requireGrantToSee(q, token.user);
    return info(w => packTokenInfo(w, q, token));
  },
});
