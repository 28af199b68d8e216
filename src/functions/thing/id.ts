import { builtin } from '../builtin.ts';

/** Nil while it is not stored. */
export default builtin({ name: 'id', on: 'thing', args: [], change: 'never', run: (_q, self) => (self.id === 0 ? null : self.id) });
