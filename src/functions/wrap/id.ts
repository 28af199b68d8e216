import { builtin } from '../builtin.ts';

/** Id of the thing; nil while it is not stored. */
export default builtin({ name: 'id', on: 'wrap', args: [], change: 'never', run: (_q, self) => (self.thing.id === 0 ? null : self.thing.id) });
