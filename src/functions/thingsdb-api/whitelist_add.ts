import { lookupErr } from '../../errors/query-error.ts';
import { whitelists as msg } from '../../errors/messages/admin.ts';
import { addRule } from '../../system/events.ts';
import { ruleText, sameRule } from '../../system/user.ts';
import { builtin } from '../builtin.ts';
import { change, userNamed } from './_admin.ts';
import { listNamed, ruleOf } from './_whitelist.ts';

/** Without a rule it switches the list on: an empty one forbids all. */
export default builtin({
  name: 'whitelist_add', args: ['str', 'lazy:str', 'lazy?'], change: 'thingsdb', scope: 'thingsdb', needs: 'GRANT',
  run: (q, name, listArg, ruleArg) => {
    const user = userNamed(q, name);
    const list = listNamed(listArg());
    const rules = user.whitelists[list];
    const rule = ruleArg === undefined ? null : ruleOf(ruleArg());
    if (rule === null) {
      if (rules !== null) throw lookupErr(msg.exists());
    } else if (rules?.some(known => sameRule(known, rule))) throw lookupErr(msg.ruleExists(ruleText(rule)));
    change(q, addRule, { user: user.id, list, rule });
    return null;
  },
});
