import { builtin } from '../builtin.ts';
import { leadingSpace } from './_ascii.ts';

export default builtin({ name: 'trim_left', on: 'str', args: [], change: 'never', run: (_q, self) => self.slice(leadingSpace(self)) });
