import { builtin } from '../builtin.ts';

export default builtin({ name: 'len', on: 'set', args: [], change: 'never', run: (_q, self) => self.things.size });
