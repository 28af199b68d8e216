import { truthy } from '../../values/compare.ts';
import { ThingSet, type Thing } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { idOf, withEach } from '../list/_each.ts';

export default builtin({
  name: 'filter', on: 'set', args: ['closure'], change: 'never',
  run: (q, self, closure) => withEach(q, self, closure, each => {
    const out = new Set<Thing>();
    for (const thing of self.things) if (truthy(each.call2(thing, idOf(thing)))) out.add(thing);
    return new ThingSet(out);
  }),
});
