import { List } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { info } from './_admin.ts';
import { packAudit } from './_token.ts';

/** Of all tokens, or of the one with that id, which may be gone. */
export default builtin({
  name: 'tokens_audit', args: ['str?'], change: 'never', scope: 'thingsdb', needs: 'GRANT',
  run: (q, id) => {
    const entries = id === undefined ? q.system.tokenAudit : q.system.tokenAudit.filter(entry => entry.token === id);
    return new List(entries.map(entry => info(w => packAudit(w, entry))));
  },
});
