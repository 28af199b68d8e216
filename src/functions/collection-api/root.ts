import { builtin } from '../builtin.ts';

/** Nil in a scope that stores no things. */
export default builtin({ name: 'root', args: [], change: 'never', run: q => q.collection?.root ?? null });
