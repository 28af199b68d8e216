import { builtin } from '../builtin.ts';

export default builtin({ name: 'len', on: 'bytes|mpdata', args: [], change: 'never', run: (_q, self) => self.data.length });
