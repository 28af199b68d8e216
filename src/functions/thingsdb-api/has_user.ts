import { builtin } from '../builtin.ts';

export default builtin({
  name: 'has_user', args: ['str'], change: 'never', scope: 'thingsdb', needs: 'GRANT',
  run: (q, name) => q.system.usersByName.has(name),
});
