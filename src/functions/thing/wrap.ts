import { numArgumentsErr } from '../../errors/query-error.ts';
import { wraps as msg } from '../../errors/messages/types.ts';
import { Wrap } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { wrappingType } from './_wrap.ts';

/** The thing, seen through a type: its own when none is given. */
export default builtin({
  name: 'wrap', on: 'thing', args: ['str|anonymous?'], change: 'never',
  run: (q, self, given) => {
    if (given !== undefined) return new Wrap(self, wrappingType(q, given));
    if (self.type === null) throw numArgumentsErr(msg.needsType(), 'data-types/thing/wrap');
    return new Wrap(self, self.type);
  },
});
