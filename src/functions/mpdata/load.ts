import { builtin } from '../builtin.ts';

export default builtin({ name: 'load', on: 'mpdata', args: [], change: 'never', run: (q, self) => null });
