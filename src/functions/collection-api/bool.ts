import { truthy } from '../../values/compare.ts';
import { builtin } from '../builtin.ts';

export default builtin({ name: 'bool', args: ['any?'], change: 'never', run: (_q, x) => x !== undefined && truthy(x) });
