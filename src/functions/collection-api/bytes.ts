import { scalars as msg } from '../../errors/messages/scalars.ts';
import { typeErr } from '../../errors/query-error.ts';
import { toBytes } from '../../values/str.ts';
import { Bytes, Member, MpData, typeName, type Value } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

export default builtin({
  name: 'bytes', args: ['any?'], change: 'never',
  run: (q, x) => {
    const bytes = x === undefined ? new Bytes(new Uint8Array(0)) : makeBytes(x);
    q.assertBytes(bytes.data.length);
    return bytes;
  },
});

function makeBytes(x: Value): Bytes {
  if (typeof x === 'string') return new Bytes(toBytes(x));
  if (x instanceof Bytes) return x;
  if (x instanceof MpData) return new Bytes(x.data);
  if (x instanceof Member) return makeBytes(x.value);
  throw typeErr(msg.convert(typeName(x), 'bytes'));
}
