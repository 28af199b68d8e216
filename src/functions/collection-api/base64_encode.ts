import { encodeBase64 } from '../../values/base64.ts';
import { toBytes } from '../../values/str.ts';
import { builtin } from '../builtin.ts';

export default builtin({
  name: 'base64_encode', args: ['str|bytes|mpdata'], change: 'never',
  run: (q, x) => {
    const bytes = typeof x === 'string' ? toBytes(x) : x.data;
    q.assertBytes(Math.ceil(bytes.length / 3) * 4);
    return encodeBase64(bytes);
  },
});
