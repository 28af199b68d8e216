import { looseInstances, settle } from '../../evaluator/held.ts';
import { ThingSet } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { typeNamed } from './_schema.ts';

/** All instances of a type, as a set: the type keeps a list of those that are stored. */
export default builtin({
  name: 'type_all', args: ['str'], change: 'never', scope: 'collection',
  run: (q, name) => {
    const type = typeNamed(q, name);
    settle(q);
    q.assertLength(type.instances.size);
    const loose = looseInstances(q, type);
    if (loose.length === 0) return new ThingSet(q.borrowInstances(type), true);
    q.spend(type.instances.size >> 4);
    return new ThingSet(new Set([...type.instances, ...loose]));
  },
});
