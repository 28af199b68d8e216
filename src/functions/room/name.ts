import { builtin } from '../builtin.ts';

export default builtin({ name: 'name', shownAs: 'rooom', on: 'room', args: [], change: 'never', run: (_q, self) => self.name });
