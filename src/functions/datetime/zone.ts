import { builtin } from '../builtin.ts';

/** Nil for a value that only has an offset. */
export default builtin({ name: 'zone', on: 'datetime|timeval', args: [], change: 'never', run: (_q, self) => self.zone });
