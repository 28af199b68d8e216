import { lookupErr } from '../../errors/query-error.ts';
import { call as msg } from '../../errors/messages/call.ts';
import { byteLength } from '../../values/str.ts';
import { Bytes, Thing } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

/** Length of the member's value; a value without length leaves room for a method of that name. */
export default builtin({
  name: 'len', on: 'enum', args: [], change: 'never', scope: 'collection',
  run: (q, self) => {
    const { value } = self;
    if (typeof value === 'string') return byteLength(value);
    if (value instanceof Bytes) return value.data.length;
    if (value instanceof Thing) return value.count;
    const method = self.enum.methods.get('len');
    if (method === undefined) throw lookupErr(msg.enumNoFunction(self.enum.name, 'len'));
    return q.call(method, [self]);
  },
});
