import { builtin } from '../builtin.ts';

export default builtin({ name: 'len', on: 'thing', args: [], change: 'never', run: (_q, self) => self.count });
