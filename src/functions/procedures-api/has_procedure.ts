import { builtin } from '../builtin.ts';
import { proceduresOf } from './_procedure.ts';

export default builtin({
  name: 'has_procedure', args: ['str'], change: 'never', scope: 'collection|thingsdb',
  run: (q, name) => proceduresOf(q).has(name),
});
