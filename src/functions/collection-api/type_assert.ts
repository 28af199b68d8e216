import { call as callMsg } from '../../errors/messages/call.ts';
import { scalars as msg } from '../../errors/messages/scalars.ts';
import { typeErr } from '../../errors/query-error.ts';
import { List, typeName } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { errorTextArgument } from '../errors/_text.ts';

/** Names are compared with what `type` gives, and only up to the first that fits. */
export default builtin({
  name: 'type_assert', args: ['any', 'str|list|tuple', 'lazy?'], change: 'never',
  typeMessage: (n, got) => (n === 1 ? callMsg.argType('type_assert', 2, '`str`, type `list` or type `tuple`', got) : null),
  run: (q, x, names, text) => {
    const type = typeName(x);
    for (const name of names instanceof List ? names.items : [names]) {
      q.step();
      if (typeof name !== 'string') throw typeErr(msg.typeNames(typeName(name)), 'collection-api/type_assert');
      if (name === type) return null;
    }
    // ThingsDB names this page here.
    throw typeErr(text === undefined ? msg.invalidType(type) : errorTextArgument('type_assert', 3, text(), 'data-types/str/contains'));
  },
});
