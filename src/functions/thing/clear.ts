import { clearThing } from '../../collection/mutate.ts';
import { builtin } from '../builtin.ts';

export default builtin({
  name: 'clear', on: 'thing', args: [], change: 'collection', freeUnderNse: true, mutates: true, untypedOnly: true,
  run: (q, self) => {
    if (self.count > 0) clearThing(q, self);
    return null;
  },
});
