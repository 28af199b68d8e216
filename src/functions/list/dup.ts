import { copyOf } from '../thing/_copy.ts';
import { deepOf } from '../../values/deep.ts';
import { builtin } from '../builtin.ts';

export default builtin({
  name: 'dup', on: 'list|tuple', args: ['any?'], change: 'never',
  run: (q, self, deep) => copyOf(q, self, deep === undefined ? 0 : deepOf(deep), true),
});
