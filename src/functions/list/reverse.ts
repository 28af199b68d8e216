import { List } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

export default builtin({
  name: 'reverse', on: 'list|tuple', args: [], change: 'never',
  run: (q, self) => {
    q.spend(self.items.length >> 4);
    return new List(self.items.slice().reverse());
  },
});
