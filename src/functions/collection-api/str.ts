import { text } from '../../evaluator/text.ts';
import { builtin } from '../builtin.ts';

export default builtin({ name: 'str', args: ['any?'], change: 'never', run: (q, x) => (x === undefined ? '' : text(q, x)) });
