import { builtin } from '../builtin.ts';
import { trailingSpace } from './_ascii.ts';

export default builtin({ name: 'trim_right', on: 'str', args: [], change: 'never', run: (_q, self) => self.slice(0, trailingSpace(self)) });
