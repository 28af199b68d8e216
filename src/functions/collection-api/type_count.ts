import { looseInstances, settle } from '../../evaluator/held.ts';
import { builtin } from '../builtin.ts';
import { typeNamed } from './_schema.ts';

/** How many instances there are: stored ones, and those that variables of this query hold. */
export default builtin({
  name: 'type_count', args: ['str'], change: 'never', scope: 'collection',
  run: (q, name) => {
    const type = typeNamed(q, name);
    settle(q);
    return type.instances.size + looseInstances(q, type).length;
  },
});
