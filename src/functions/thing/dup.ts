import { deepOf } from '../../values/deep.ts';
import { builtin } from '../builtin.ts';
import { copyOf } from './_copy.ts';

export default builtin({
  name: 'dup', on: 'thing', args: ['any?'], change: 'never',
  run: (q, self, deep) => copyOf(q, self, deep === undefined ? 1 : deepOf(deep), true),
});
