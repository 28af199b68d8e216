import { typeErr, valueErr } from '../../errors/query-error.ts';
import { operators as msg } from '../../errors/messages/operators.ts';
import { LANGUAGE } from '../../evaluator/limits.ts';
import { PRIVILEGE } from '../../system/access.ts';
import { scopeNumber, setDeep } from '../../system/events.ts';
import { isInt, typeName } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { change, requireOn, scopeOrCollection } from './_admin.ts';

/** Holds from the next query on. */
export default builtin({
  name: 'set_default_deep', args: ['any', 'lazy'], change: 'thingsdb', scope: 'thingsdb',
  run: (q, where, deepArg) => {
    const target = scopeOrCollection(q, where);
    requireOn(q, target, PRIVILEGE.CHANGE);
    const deep = deepArg();
    if (!isInt(deep)) throw typeErr(msg.deepType(typeName(deep)));
    if (deep < LANGUAGE.deepMin || deep > LANGUAGE.deepMax) throw valueErr(msg.deepRange(String(deep)));
    change(q, setDeep, { scope: scopeNumber(target.scope), deep: Number(deep) });
    return null;
  },
});
