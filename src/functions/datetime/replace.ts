import { replace } from '../../values/datetime.ts';
import { eachProperty } from '../../values/shape.ts';
import type { Value } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

export default builtin({
  name: 'replace', on: 'datetime|timeval', args: ['thing'], change: 'never',
  run: (_q, self, parts) => {
    const entries: [string, Value][] = [];
    eachProperty(parts, (key, value) => entries.push([key, value]));
    return replace(self, entries);
  },
});
