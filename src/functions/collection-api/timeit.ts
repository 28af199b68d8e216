import { toProperty } from '../../collection/mutate.ts';
import { makeThing } from '../../values/raw.ts';
import { float } from '../../values/value.ts';
import { builtin } from '../builtin.ts';

export default builtin({
  name: 'timeit', args: ['lazy'], change: 'never',
  run: (q, timed) => {
    const start = q.host.monotonic();
    const data = timed();
    const time = float((q.host.monotonic() - start) / 1000);
    return makeThing([['data', toProperty(q, data)], ['time', time]]);
  },
});
