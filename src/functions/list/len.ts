import { builtin } from '../builtin.ts';

export default builtin({ name: 'len', on: 'list|tuple', args: [], change: 'never', run: (_q, self) => self.items.length });
