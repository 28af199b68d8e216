import { extract, extractAll } from '../../values/datetime.ts';
import { makeThing } from '../../values/raw.ts';
import { builtin } from '../builtin.ts';

export default builtin({
  name: 'extract', on: 'datetime|timeval', args: ['str?'], change: 'never',
  run: (_q, self, part) => (part === undefined ? makeThing(extractAll(self)) : extract(self, part)),
});
