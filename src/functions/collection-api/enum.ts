import { defaultMember, memberByValue } from '../../evaluator/schema.ts';
import { builtin } from '../builtin.ts';
import { enumNamed } from './_schema.ts';

/** The member with that value, or the default one. */
export default builtin({
  name: 'enum', args: ['str', 'lazy:any?'], change: 'never', scope: 'collection',
  run: (q, name, evaluate) => {
    const found = enumNamed(q, name);
    return evaluate === undefined ? defaultMember(found) : memberByValue(q, found, evaluate, q.pos);
  },
});
