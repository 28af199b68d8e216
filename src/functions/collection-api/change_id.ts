import { builtin } from '../builtin.ts';

/** The id of the change that the query makes; nil when it makes none. */
export default builtin({ name: 'change_id', args: [], change: 'never', run: q => q.change?.id ?? null });
