import { operationErr, valueErr } from '../../errors/query-error.ts';
import { containers as msg } from '../../errors/messages/containers.ts';
import * as int from '../../values/int.ts';
import { List, type Value } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

const DOCS = 'collection-api/range';
const ITEMS_MAX = 100_000;

export default builtin({
  name: 'range', args: ['int', 'int?', 'int?'], change: 'never',
  run: (q, a, b, c) => {
    const start = b === undefined ? 0 : a;
    const stop = b ?? a;
    const step = c ?? 1;
    if (step === 0) throw valueErr(msg.rangeStep(), DOCS);
    const n = count(BigInt(start), BigInt(stop), BigInt(step));
    if (n > ITEMS_MAX) throw operationErr(msg.rangeLength(), DOCS);
    q.spend(n >> 4);
    // Made at once: an array that grows by pushing is copied many times.
    const items = new Array<Value>(n);
    if (typeof start === 'number' && typeof stop === 'number' && typeof step === 'number') {
      for (let i = 0, at = start; i < n; i++, at += step) items[i] = at;
      return new List(items);
    }
    let at = start;
    for (let i = 0; i < n; i++) {
      items[i] = at;
      // The last step may lead out of what an int can be.
      if (i + 1 < n) at = int.add(at, step);
    }
    return new List(items);
  },
});

function count(start: bigint, stop: bigint, step: bigint): number {
  const distance = step > 0n ? stop - start : start - stop;
  const size = step > 0n ? step : -step;
  return distance <= 0n ? 0 : Number((distance + size - 1n) / size);
}
