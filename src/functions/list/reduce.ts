import { lookupErr } from '../../errors/query-error.ts';
import { containers as msg } from '../../errors/messages/containers.ts';
import { builtin } from '../builtin.ts';
import { withEach } from './_each.ts';

/** Without an initial value the first item is it; the index goes on from there. */
export default builtin({
  name: 'reduce', on: 'list|tuple', args: ['closure', 'any?'], change: 'never',
  run: (q, self, closure, initial) => withEach(q, self, closure, each => {
    const { items } = self;
    let i = 0;
    if (initial === undefined) {
      if (items.length === 0) throw lookupErr(msg.reduceEmpty('list'));
      initial = items[i++]!;
    }
    return each.fold(items, i, initial);
  }),
});
