import { operationErr, valueErr } from '../../errors/query-error.ts';
import { history as msg } from '../../errors/messages/admin.ts';
import { builtin } from '../builtin.ts';

/** What it says is kept with the query's code when the query ends, also when it fails. */
export default builtin({
  name: 'commit', args: ['str'], change: 'never', scope: 'collection|thingsdb',
  run: (q, message) => {
    if ((q.collection ?? q.system).history === null) throw operationErr(msg.disabled(), 'thingsdb-api/set_history');
    if (q.origin !== 'query') throw operationErr(msg.notAllowed(q.origin));
    if (q.change === null) throw operationErr(msg.withoutChange(), 'thingsdb-api/set_history');
    if (message === '') throw valueErr(msg.emptyMessage());
    if (q.commitMessage !== null) throw operationErr(msg.alreadySet());
    q.commitMessage = message;
    return null;
  },
});
