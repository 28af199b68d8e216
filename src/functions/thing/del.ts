import { delProperty } from '../../collection/mutate.ts';
import { builtin } from '../builtin.ts';
import { existing } from './_key.ts';

export default builtin({
  name: 'del', on: 'thing', args: ['str'], change: 'both', freeUnderNse: true, mutates: true, untypedOnly: true,
  run: (q, self, key) => delProperty(q, self, existing(self, key)),
});
