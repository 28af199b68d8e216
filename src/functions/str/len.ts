import { byteLength } from '../../values/str.ts';
import { builtin } from '../builtin.ts';

/** Counts bytes, not characters. */
export default builtin({ name: 'len', on: 'str', args: [], change: 'never', run: (_q, self) => byteLength(self) });
