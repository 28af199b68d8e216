import { operationErr } from '../../errors/query-error.ts';
import { history as msg } from '../../errors/messages/admin.ts';
import { scopeNumber, setHistory } from '../../system/events.ts';
import { builtin } from '../builtin.ts';
import { change, scopeNamed } from './_admin.ts';
import { requireQueryAndChange } from './_history.ts';

/** Switching it off forgets what was kept. */
export default builtin({
  name: 'set_history', args: ['any', 'lazy:bool'], change: 'thingsdb', scope: 'thingsdb',
  run: (q, where, onArg) => {
    const { scope } = scopeNamed(q, where);
    if (scope === 'node') throw operationErr(msg.noNode());
    requireQueryAndChange(q, scope);
    change(q, setHistory, { scope: scopeNumber(scope), on: onArg() });
    return null;
  },
});
