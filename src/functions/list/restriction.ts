import { builtin } from '../builtin.ts';

/** What the items of a list of a typed property must be; nil for anything. */
export default builtin({ name: 'restriction', on: 'list', args: [], change: 'never', run: (_q, self) => self.spec?.text ?? null });
