import { List } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { info, userNamed } from './_admin.ts';
import { packTokenInfo, requireGrantToSee } from './_token.ts';

export default builtin({
  name: 'tokens_info', args: ['str?'], change: 'never', scope: 'thingsdb',
  run: (q, name) => {
    const user = name === undefined ? q.user : userNamed(q, name);
    requireGrantToSee(q, user);
    return new List(user.tokens.map(token => info(w => packTokenInfo(w, q, token))));
  },
});
