import { call as callMsg } from '../../errors/messages/call.ts';
import { decodeBase64 } from '../../values/base64.ts';
import { toBytes } from '../../values/str.ts';
import { Bytes } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

export default builtin({
  name: 'base64_decode', args: ['str|bytes'], change: 'never',
  typeMessage: (_n, got) => callMsg.argType('base64_decode', 1, '`str` or type `bytes`', got),
  run: (_q, x) => new Bytes(decodeBase64(typeof x === 'string' ? toBytes(x) : x.data)),
});
