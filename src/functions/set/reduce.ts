import { lookupErr } from '../../errors/query-error.ts';
import { containers as msg } from '../../errors/messages/containers.ts';
import type { Value } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { idOf } from '../list/_each.ts';
import { withThings } from './_each.ts';

/** Without an initial value the first thing is it. */
export default builtin({
  name: 'reduce', on: 'set', args: ['closure', 'any?'], change: 'never',
  run: (q, self, closure, initial) => withThings(q, self, closure, (each, things) => {
    let value: Value | undefined = initial;
    for (const thing of things) value = value === undefined ? thing : each.call3(value, thing, idOf(thing));
    if (value === undefined) throw lookupErr(msg.reduceEmpty('set'));
    return value;
  }),
});
