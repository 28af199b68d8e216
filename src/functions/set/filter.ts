import { ThingSet, type Thing, type Value } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { withThings } from './_each.ts';

export default builtin({
  name: 'filter', on: 'set', args: ['closure'], change: 'never',
  run: (q, self, closure) => withThings(q, self, closure, (each, things) => {
    const found: Value[] = [];
    for (const portion of each.portions(things)) each.chosen(portion, found, true);
    return new ThingSet(new Set(found as Thing[]));
  }),
});
