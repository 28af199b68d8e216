import { builtin } from '../builtin.ts';
import { indexWhere } from './_find.ts';

/** The alternative is evaluated only when it is needed. */
export default builtin({
  name: 'find', on: 'list|tuple', args: ['closure', 'lazy?'], change: 'never',
  run: (q, self, closure, alternative) => {
    const i = indexWhere(q, self, closure);
    return i >= 0 ? self.items[i]! : alternative === undefined ? null : alternative();
  },
});
