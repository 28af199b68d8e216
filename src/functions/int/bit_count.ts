import { bitCount } from '../../values/int.ts';
import { builtin } from '../builtin.ts';

/** One bits of the absolute value. */
export default builtin({ name: 'bit_count', on: 'int', args: [], change: 'never', run: (_q, self) => bitCount(self) });
