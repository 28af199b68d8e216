import { takeItems } from '../../collection/mutate.ts';
import { truthy } from '../../values/compare.ts';
import { List } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { withEach } from './_each.ts';

/** Takes out what the closure chooses: at most `limit` from the start, or, when it is negative, from the end. */
export default builtin({
  name: 'remove', on: 'list', args: ['closure', 'int?'], change: 'collection', freeUnderNse: true, mutates: true,
  run: (q, self, closure, limit) => {
    const { items } = self;
    const most = limit === undefined ? Infinity : Math.abs(Number(limit));
    const chosen = withEach(q, self, closure, each => {
      const positions: number[] = [];
      const backwards = limit !== undefined && limit < 0;
      for (let k = 0; k < items.length && positions.length < most; k++) {
        const i = backwards ? items.length - 1 - k : k;
        if (truthy(each.call2(items[i]!, i))) positions.push(i);
      }
      return backwards ? positions.reverse() : positions;
    });
    return new List(chosen.length === 0 ? [] : takeItems(q, self, chosen));
  },
});
