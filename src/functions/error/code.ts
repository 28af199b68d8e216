import { builtin } from '../builtin.ts';

export default builtin({ name: 'code', on: 'error', args: [], change: 'never', run: (_q, self) => self.code });
