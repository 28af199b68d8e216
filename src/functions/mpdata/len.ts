import { builtin } from '../builtin.ts';

/** Bytes of the packed form. */
export default builtin({ name: 'len', on: 'mpdata', args: [], change: 'never', run: (_q, self) => self.data.length });
