import { test } from '../../values/regex.ts';
import { builtin } from '../builtin.ts';
import { regexBudget } from './_search.ts';

export default builtin({
  name: 'test', on: 'regex', args: ['str'], change: 'never',
  run: (q, self, text) => test(self, text, regexBudget(q)),
});
