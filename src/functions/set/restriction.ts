import { builtin } from '../builtin.ts';

/** The type of the things in a set of a typed property; nil for any. */
export default builtin({ name: 'restriction', on: 'set', args: [], change: 'never', run: (_q, self) => self.spec?.text ?? null });
