import { truthy } from '../../values/compare.ts';
import { ThingSet, type Thing } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { idOf } from '../list/_each.ts';
import { withThings } from './_each.ts';

export default builtin({
  name: 'filter', on: 'set', args: ['closure'], change: 'never',
  run: (q, self, closure) => withThings(q, self, closure, (each, things) => {
    const out = new Set<Thing>();
    for (const thing of things) if (truthy(each.call2(thing, idOf(thing)))) out.add(thing);
    return new ThingSet(out);
  }),
});
