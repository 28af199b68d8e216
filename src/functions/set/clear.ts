import { clearSet } from '../../collection/mutate.ts';
import { builtin } from '../builtin.ts';

export default builtin({
  name: 'clear', on: 'set', args: [], change: 'collection', freeUnderNse: true, mutates: true,
  run: (q, self) => {
    clearSet(q, self);
    return null;
  },
});
