import { delProperty, toItem } from '../../collection/mutate.ts';
import { truthy } from '../../values/compare.ts';
import { List, type Value } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { withEach } from '../list/_each.ts';

/** Takes out the properties that a closure chooses; a negative limit is none. Answers their values. */
export default builtin({
  name: 'remove', on: 'thing', args: ['closure', 'int?'], change: 'collection', freeUnderNse: true, mutates: true, untypedOnly: true,
  run: (q, self, closure, limit) => {
    const most = limit === undefined || limit < 0 ? Infinity : Number(limit);
    const chosen = withEach(q, self, closure, each => {
      const { keys } = self.shape;
      const order = self.shape.order();
      const found: string[] = [];
      for (let i = 0; i < keys.length && found.length < most; i++) {
        const at = order === null ? i : order[i]!;
        if (truthy(each.call2(keys[at]!, self.valueAt(at)))) found.push(keys[at]!);
      }
      return found;
    });
    const values: Value[] = [];
    for (const key of chosen) values.push(toItem(q, delProperty(q, self, key)));
    return new List(values);
  },
});
