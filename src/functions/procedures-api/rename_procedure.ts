import { renProcedure } from '../../collection/procedure-events.ts';
import { builtin } from '../builtin.ts';
import { assertNewProcedureName, change, procedureNamed } from './_procedure.ts';

export default builtin({
  name: 'rename_procedure', args: ['str', 'lazy:str'], change: 'both', scope: 'collection|thingsdb', needsCommit: true,
  run: (q, name, toArg) => {
    procedureNamed(q, name);
    const to = toArg();
    assertNewProcedureName(q, to);
    change(q, renProcedure, { name, to });
    return null;
  },
});
