import { List } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

/** All tasks of the scope, in order of creation; removing one moves the last into its place. */
export default builtin({
  name: 'tasks', args: [], change: 'never', scope: 'collection|thingsdb', run: q => new List([...(q.collection ?? q.system).tasks]),
});
