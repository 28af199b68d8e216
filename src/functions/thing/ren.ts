import { lookupErr } from '../../errors/query-error.ts';
import { readableKey } from '../../errors/messages/change.ts';
import { containers as msg } from '../../errors/messages/containers.ts';
import { assertKeyAllowed, renProperty } from '../../collection/mutate.ts';
import { builtin } from '../builtin.ts';
import { existing } from './_key.ts';

/** The renamed property goes to the end; the last one moves into its place. */
export default builtin({
  name: 'ren', on: 'thing', args: ['str', 'str'], change: 'collection', freeUnderNse: true, mutates: true, untypedOnly: true,
  run: (q, self, from, to) => {
    assertKeyAllowed(to);
    if (self.shape.find(to) >= 0) throw lookupErr(msg.exists(to));
    renProperty(q, self, existing(self, from, readableKey), to);
    return null;
  },
});
