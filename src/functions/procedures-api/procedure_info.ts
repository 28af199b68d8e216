import { builtin } from '../builtin.ts';
import { info } from '../thingsdb-api/_admin.ts';
import { packProcedure, procedureNamed } from './_procedure.ts';

export default builtin({
  name: 'procedure_info', args: ['str'], change: 'never', scope: 'collection|thingsdb',
  run: (q, name) => {
    const procedure = procedureNamed(q, name);
    return info(w => packProcedure(w, q, procedure));
  },
});
