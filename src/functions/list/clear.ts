import { spliceList } from '../../collection/mutate.ts';
import { builtin } from '../builtin.ts';

export default builtin({
  name: 'clear', on: 'list', args: [], change: 'collection', freeUnderNse: true, mutates: true,
  run: (q, self) => {
    if (self.items.length > 0) spliceList(q, self, 0, self.items.length, []);
    return null;
  },
});
