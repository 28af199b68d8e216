import { builtin } from '../builtin.ts';

export default builtin({ name: 'msg', on: 'error', args: [], change: 'never', run: (_q, self) => self.message });
