import { builtin } from '../builtin.ts';
import { leadingSpace, trailingSpace } from './_ascii.ts';

export default builtin({
  name: 'trim', on: 'str', args: [], change: 'never',
  run: (_q, self) => {
    const from = leadingSpace(self);
    return self.slice(from, trailingSpace(self, from));
  },
});
