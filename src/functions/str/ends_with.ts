import { builtin } from '../builtin.ts';
import { searchIn } from './_search.ts';

export default builtin({
  name: 'ends_with', on: 'str', args: ['str'], change: 'never',
  run: (_q, self, sought) => {
    const search = searchIn(self, sought);
    return search.subject.endsWith(search.sought);
  },
});
