import { deepOf } from '../../values/deep.ts';
import { builtin } from '../builtin.ts';
import { copyOf } from '../thing/_copy.ts';

export default builtin({
  name: 'copy', on: 'set', args: ['any?'], change: 'never',
  run: (q, self, deep) => copyOf(q, self, deep === undefined ? 0 : deepOf(deep), false),
});
