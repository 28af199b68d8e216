import { toItem } from '../../collection/mutate.ts';
import { List, type Value } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { idOf } from '../../evaluator/cursor.ts';
import { withThings } from './_each.ts';

export default builtin({
  name: 'map', on: 'set', args: ['closure'], change: 'never',
  run: (q, self, closure) => withThings(q, self, closure, (each, things) => {
    const out: Value[] = [];
    for (const portion of each.portions(things)) for (const thing of portion) out.push(toItem(q, each.call2(thing, idOf(thing))));
    return new List(out);
  }),
});
