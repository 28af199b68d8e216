import { List } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { info } from '../thingsdb-api/_admin.ts';
import { packProcedure, sortedProcedures } from './_procedure.ts';

/** In order of their names, byte by byte. */
export default builtin({
  name: 'procedures_info', args: [], change: 'never', scope: 'collection|thingsdb',
  run: q => new List(sortedProcedures(q).map(procedure => info(w => packProcedure(w, q, procedure)))),
});
