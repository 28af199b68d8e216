import { scalars as msg } from '../../errors/messages/scalars.ts';
import { assertErr } from '../../errors/query-error.ts';
import { truthy } from '../../values/compare.ts';
import { builtin } from '../builtin.ts';
import { errorTextArgument } from '../errors/_text.ts';

export default builtin({
  name: 'assert', args: ['any', 'lazy?'], change: 'never', quotesArgument: true,
  run: (q, condition, text) => {
    if (truthy(condition)) return null;
    throw assertErr(text === undefined ? msg.assertion(q.argumentText) : errorTextArgument('assert', 2, text()));
  },
});
