import { builtin } from '../builtin.ts';
import { thingWhere } from './_find.ts';

/** The alternative is evaluated only when it is needed. */
export default builtin({
  name: 'find', on: 'set', args: ['closure', 'lazy?'], change: 'never',
  run: (q, self, closure, alternative) => thingWhere(q, self, closure, true) ?? (alternative === undefined ? null : alternative()),
});
