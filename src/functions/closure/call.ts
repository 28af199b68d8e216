import { builtin } from '../builtin.ts';

/** Missing arguments are nil, further ones are not even evaluated. */
export default builtin({
  name: 'call', on: 'closure', args: ['...lazy'], change: 'never',
  run: (q, self, ...args) => q.call(self, args.slice(0, q.codeOf(self).params.length).map(arg => arg())),
});
