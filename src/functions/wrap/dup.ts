import { deepOf } from '../../values/deep.ts';
import { Wrap, type Thing } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { copyOf } from '../thing/_copy.ts';

/** A wrap, by the same type, of a copy of the thing. */
export default builtin({
  name: 'dup', on: 'wrap', args: ['any?'], change: 'never',
  run: (q, self, deep) => new Wrap(copyOf(q, self.thing, deep === undefined ? 1 : deepOf(deep), true) as Thing, self.type),
});
