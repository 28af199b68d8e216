import { builtin } from '../builtin.ts';
import { findToken } from './_token.ts';

export default builtin({
  name: 'has_token', args: ['str'], change: 'never', scope: 'thingsdb', needs: 'GRANT',
  run: (q, which) => findToken(q, 'has_token', which) !== undefined,
});
