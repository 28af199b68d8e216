import { builtin } from '../builtin.ts';

/** Nil for a room that is not stored. */
export default builtin({ name: 'id', on: 'room', args: [], change: 'never', run: (_q, self) => (self.id === 0 ? null : self.id) });
