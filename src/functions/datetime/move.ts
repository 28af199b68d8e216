import { call } from '../../errors/messages/call.ts';
import { typeErr } from '../../errors/query-error.ts';
import { move, parseUnit } from '../../values/datetime.ts';
import { isInt, typeName } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

/** The unit is checked before the number is evaluated. */
export default builtin({
  name: 'move', on: 'datetime|timeval', args: ['str', 'lazy'], change: 'never',
  run: (_q, self, unit, number) => {
    const checked = parseUnit(unit);
    const n = number();
    if (!isInt(n)) throw typeErr(call.argType('move', 2, '`int`', typeName(n)), 'data-types/datetime/move');
    return move(self, checked, n);
  },
});
