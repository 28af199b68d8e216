import { typeName } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

export default builtin({ name: 'type', args: ['any'], change: 'never', run: (_q, x) => typeName(x) });
