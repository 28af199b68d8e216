import { builtin } from '../builtin.ts';

/** "With side effects": makes the query a change, whatever else stands in it. */
export default builtin({ name: 'wse', args: ['any?'], change: 'both', passesThrough: true, run: (_q, x) => x ?? null });
