import { anonymous } from '../../evaluator/anonymous.ts';
import { builtin } from '../builtin.ts';

/** A type without a name: what `&{…}` writes as a literal. */
export default builtin({ name: 'ano', args: ['thing'], change: 'never', scope: 'collection', run: (q, definition) => anonymous(q, definition) });
