import { builtin } from '../builtin.ts';
import { idOf } from '../../evaluator/cursor.ts';
import { withThings } from './_each.ts';

export default builtin({
  name: 'each', on: 'set', args: ['closure'], change: 'never',
  run: (q, self, closure) => withThings(q, self, closure, (each, things) => {
    for (const portion of each.portions(things)) for (const thing of portion) each.call2(thing, idOf(thing));
    return null;
  }),
});
