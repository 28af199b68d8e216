import { regexOfParts } from '../../values/regex.ts';
import { builtin } from '../builtin.ts';

export default builtin({ name: 'regex', args: ['str', 'str?'], change: 'never', run: (_q, pattern, flags) => regexOfParts(pattern, flags ?? '') });
