import { builtin } from '../builtin.ts';
import { assertKey } from './_token.ts';

export default builtin({
  name: 'has_token', args: ['str'], change: 'never', scope: 'thingsdb', needs: 'GRANT',
  run: (q, key) => {
    assertKey('has_token', key);
    return q.system.usersByToken.has(q.host.secrets.hashKey(key));
  },
});
