import { builtin } from '../builtin.ts';
import { extreme } from './_extreme.ts';

export default builtin({ name: 'min', on: 'list|tuple', args: [], change: 'never', run: (q, self) => extreme(q, self.items, -1) });
