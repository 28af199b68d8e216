import { builtin } from '../builtin.ts';

/** Nil for an empty task, and for one that is no more. */
export default builtin({ name: 'id', on: 'task', args: [], change: 'never', run: (_q, self) => (self.id === 0 ? null : self.id) });
