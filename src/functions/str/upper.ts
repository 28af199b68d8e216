import { builtin } from '../builtin.ts';

export default builtin({
  name: 'upper', on: 'str', args: [], change: 'never',
  run: (_q, self) => self.replace(/[a-z]+/g, letters => letters.toUpperCase()),
});
