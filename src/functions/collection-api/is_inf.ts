import { call as callMsg } from '../../errors/messages/call.ts';
import { Float } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

export default builtin({
  name: 'is_inf', args: ['float|int|bool'], change: 'never',
  typeMessage: (_n, got) => callMsg.argType('is_inf', 1, '`float`', got),
  run: (_q, x) => x instanceof Float && Math.abs(x.value) === Infinity,
});
