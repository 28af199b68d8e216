import { builtin } from '../builtin.ts';

/** "No side effects": what follows in the text makes no change, and fails where one would be needed. */
export default builtin({
  name: 'nse', args: ['any?'], change: 'never', setsNse: true, passesThrough: true, run: (_q, x) => x ?? null,
});
