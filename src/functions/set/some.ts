import { builtin } from '../builtin.ts';
import { thingWhere } from './_find.ts';

export default builtin({
  name: 'some', on: 'set', args: ['closure'], change: 'never',
  run: (q, self, closure) => thingWhere(q, self, closure, true) !== null,
});
