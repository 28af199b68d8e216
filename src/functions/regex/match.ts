import { exec, matches } from '../../values/regex.ts';
import { List } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { groupsTaken, regexBudget } from './_search.ts';

/** Without flag g: nil, or the match and its groups. With it: all matches, without groups. */
export default builtin({
  name: 'match', on: 'regex', args: ['str'], change: 'never',
  run: (q, self, text) => {
    if (!self.flags.includes('g')) {
      const match = exec(self, text, 0, regexBudget(q));
      return match === null ? null : new List([match.text, ...groupsTaken(match.groups)]);
    }
    const found: string[] = [];
    for (const match of matches(self, text, regexBudget(q))) {
      q.step();
      found.push(match.text);
      q.assertLength(found.length);
    }
    return new List(found);
  },
});
