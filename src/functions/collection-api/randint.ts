import { numbers } from '../../errors/messages/numbers.ts';
import { scalars as msg } from '../../errors/messages/scalars.ts';
import { overflowErr, valueErr } from '../../errors/query-error.ts';
import type { Host } from '../../host.ts';
import { fromBigInt } from '../../values/int.ts';
import { builtin } from '../builtin.ts';

/** a <= x < b */
export default builtin({
  name: 'randint', args: ['int', 'int'], change: 'never',
  run: (q, a, b) => {
    if (b <= a) throw valueErr(msg.emptyRange(), 'collection-api/randint');
    if (typeof a === 'number' && typeof b === 'number' && b - a <= TWO_32) return a + Math.floor(q.host.random() * (b - a));
    const span = BigInt(b) - BigInt(a);
    if (span > 1n << 63n) throw overflowErr(numbers.overflow());
    return fromBigInt(BigInt(a) + below(q.host, span));
  },
});

const TWO_32 = 4294967296;

/** For spans that the 53 bits of one draw do not do for: a number from 0 up to `span`: of a draw of 96 bits, so that none is noticeably likelier than another. */
function below(host: Host, span: bigint): bigint {
  let draw = 0n;
  for (let i = 0; i < 3; i++) draw = (draw << 32n) | BigInt(Math.floor(host.random() * TWO_32));
  return (draw * span) >> 96n;
}
