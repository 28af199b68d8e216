import { typeErr } from '../../errors/query-error.ts';
import { call as msg } from '../../errors/messages/call.ts';
import { scopeNumber, setModuleScope } from '../../system/events.ts';
import { typeName } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { change, scopeNamed } from './_admin.ts';
import { moduleNamed } from './_module.ts';

/** Nil allows it everywhere. The module is looked up before the second argument is looked at, but after it is evaluated. */
export default builtin({
  name: 'set_module_scope', args: ['str', 'any'], change: 'thingsdb', scope: 'thingsdb',
  run: (q, name, where) => {
    moduleNamed(q, name);
    if (where === null) {
      change(q, setModuleScope, { name, all: true, scope: 0 });
      return null;
    }
    if (typeof where !== 'string') {
      throw typeErr(msg.argType('set_module_scope', 2, '`str` or `nil`', typeName(where)), 'thingsdb-api/set_module_scope');
    }
    change(q, setModuleScope, { name, all: false, scope: scopeNumber(scopeNamed(q, where).scope) });
    return null;
  },
});
