import { builtin } from '../builtin.ts';
import { thingWhere } from './_find.ts';

export default builtin({
  name: 'every', on: 'set', args: ['closure'], change: 'never',
  run: (q, self, closure) => thingWhere(q, self, closure, false) === null,
});
