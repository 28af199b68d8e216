import { delHistory, scopeNumber } from '../../system/events.ts';
import { builtin } from '../builtin.ts';
import { change } from './_admin.ts';
import { findCommits } from './_history.ts';

/** Answers how many were removed. */
export default builtin({
  name: 'del_history', args: ['thing'], change: 'thingsdb', scope: 'thingsdb',
  run: (q, thing) => {
    const { scope, commits } = findCommits(q, thing, false);
    if (commits.length > 0) change(q, delHistory, { scope: scopeNumber(scope), ids: commits.map(commit => commit.id) });
    return commits.length;
  },
});
