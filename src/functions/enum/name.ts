import { builtin } from '../builtin.ts';

export default builtin({ name: 'name', on: 'enum', args: [], change: 'never', scope: 'collection', run: (_q, self) => self.name });
