import { setProcedure } from '../../collection/procedure-events.ts';
import { builtin } from '../builtin.ts';
import { seconds } from '../thingsdb-api/_admin.ts';
import { assertNewProcedureName, change } from './_procedure.ts';

export default builtin({
  name: 'new_procedure', args: ['str', 'lazy:closure'], change: 'both', scope: 'collection|thingsdb', needsCommit: true,
  run: (q, name, closureArg) => {
    assertNewProcedureName(q, name);
    const closure = closureArg();
    q.bind(closure);
    change(q, setProcedure, { name, closure, createdAt: seconds(q) });
    return name;
  },
});
