import { typeErr } from '../../errors/query-error.ts';
import { call as callMsg } from '../../errors/messages/call.ts';
import { containers as msg } from '../../errors/messages/containers.ts';
import { canonical, startsInCharacter } from '../../values/str.ts';
import { typeName } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

const DOCS = 'data-types/list/join';

/** The separator is looked at only when there is something to separate, but then before the items. */
export default builtin({
  name: 'join', on: 'list|tuple', args: ['lazy?'], change: 'never',
  run: (q, { items }, lazy) => {
    let separator = '';
    if (items.length > 1 && lazy !== undefined) {
      const given = lazy();
      if (typeof given !== 'string') throw typeErr(callMsg.argType('join', 1, '`str`', typeName(given)), DOCS);
      separator = given;
    }
    let units = 0;
    let mayMeet = startsInCharacter(separator);
    for (let i = 0; i < items.length; i++) {
      const item = items[i]!;
      if (typeof item !== 'string') throw typeErr(msg.itemNotStr(i, typeName(item)), DOCS);
      units += item.length + separator.length;
      if (startsInCharacter(item)) mayMeet = true;
    }
    q.assertBytes(units);
    q.spend(items.length >> 2);
    const joined = items.join(separator);
    return mayMeet ? canonical(joined) : joined;
  },
});
