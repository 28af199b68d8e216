import { removeFromSet } from '../../collection/mutate.ts';
import { builtin } from '../builtin.ts';

export default builtin({
  name: 'clear', on: 'set', args: [], change: 'collection', freeUnderNse: true, mutates: true,
  run: (q, self) => {
    removeFromSet(q, self, [...self.things]);
    return null;
  },
});
