import { builtin } from '../builtin.ts';
import { docOf, procedureNamed } from './_procedure.ts';

export default builtin({
  name: 'procedure_doc', args: ['str'], change: 'never', scope: 'collection|thingsdb',
  run: (q, name) => docOf(q, procedureNamed(q, name).closure),
});
