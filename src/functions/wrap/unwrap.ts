import { builtin } from '../builtin.ts';

/** The thing itself. */
export default builtin({ name: 'unwrap', on: 'wrap', args: [], change: 'never', run: (_q, self) => self.thing });
