import { deepOf } from '../../values/deep.ts';
import { builtin } from '../builtin.ts';

/** The depth of the result of this query; sets it when one is given. */
export default builtin({
  name: 'deep', args: ['any?'], change: 'never',
  run: (q, deep) => {
    if (deep !== undefined) q.deep = deepOf(deep);
    return q.deep;
  },
});
