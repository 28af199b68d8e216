import { setProcedure } from '../../collection/procedure-events.ts';
import { builtin } from '../builtin.ts';
import { change, procedureNamed } from './_procedure.ts';

/** Keeps name and time of creation. */
export default builtin({
  name: 'mod_procedure', args: ['str', 'lazy:closure'], change: 'both', scope: 'collection|thingsdb', needsCommit: true,
  run: (q, name, closureArg) => {
    const { createdAt } = procedureNamed(q, name);
    const closure = closureArg();
    q.bind(closure);
    change(q, setProcedure, { name, closure, createdAt });
    return null;
  },
});
