import { delProcedure } from '../../collection/procedure-events.ts';
import { builtin } from '../builtin.ts';
import { change, procedureNamed } from './_procedure.ts';

export default builtin({
  name: 'del_procedure', args: ['str'], change: 'both', scope: 'collection|thingsdb', needsCommit: true,
  run: (q, name) => {
    procedureNamed(q, name);
    change(q, delProcedure, { name });
    return null;
  },
});
