import { lookupErr } from '../../errors/query-error.ts';
import { containers as msg } from '../../errors/messages/containers.ts';
import type { Value } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { withThings } from './_each.ts';

/** Without an initial value the first thing is it. */
export default builtin({
  name: 'reduce', on: 'set', args: ['closure', 'any?'], change: 'never',
  run: (q, self, closure, initial) => withThings(q, self, closure, (each, things) => {
    let value: Value | undefined = initial;
    for (const portion of each.portions(things)) {
      value = value === undefined ? each.fold(portion, 1, portion[0]!, true) : each.fold(portion, 0, value, true);
    }
    if (value === undefined) throw lookupErr(msg.reduceEmpty('set'));
    return value;
  }),
});
