import { builtin } from '../builtin.ts';

export default builtin({
  name: 'lower', on: 'str', args: [], change: 'never',
  run: (_q, self) => self.replace(/[A-Z]+/g, letters => letters.toLowerCase()),
});
