import type { FunctionCode } from '../../evaluator/code.ts';
import { builtin } from '../builtin.ts';
import { procedureNamed } from './_procedure.ts';

/** Arguments that the procedure does not take are not evaluated. */
export default builtin({
  name: 'run', args: ['str', '...lazy'], atLeast: 1, change: 'never', passesThrough: true, scope: 'collection|thingsdb',
  run: (q, name, ...args) => {
    const { closure } = procedureNamed(q, name);
    const { params }: FunctionCode = q.codeOf(closure);
    return q.call(closure, args.slice(0, params.length).map(arg => arg()));
  },
});
