import { builtin } from '../builtin.ts';

export default builtin({ name: 'value', on: 'enum', args: [], change: 'never', scope: 'collection', run: (_q, self) => self.value });
