import { Room, Thing } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

/** How many stored values refer to a value, and the call itself: for people who look for what holds a thing. */
export default builtin({
  name: 'refs', args: ['any'], change: 'never',
  run: (_q, value) => 1 + (value instanceof Thing || value instanceof Room ? value.refs : 0),
});
