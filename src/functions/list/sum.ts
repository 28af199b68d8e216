import { typeErr } from '../../errors/query-error.ts';
import { operators as msg } from '../../errors/messages/operators.ts';
import { numeric } from '../../values/compare.ts';
import * as int from '../../values/int.ts';
import { Float, float, typeName, type Value } from '../../values/value.ts';
import { builtin } from '../builtin.ts';
import { withEach } from './_each.ts';

export default builtin({
  name: 'sum', on: 'list|tuple', args: ['closure?'], change: 'never',
  run: (q, self, closure) => {
    const sum = new Sum();
    const { items } = self;
    if (closure === undefined) {
      q.spend(items.length >> 4);
      sum.addAll(items);
    } else {
      withEach(q, self, closure, each => {
        for (let i = 0; i < items.length; i++) sum.add(each.call2(items[i]!, i));
      });
    }
    return sum.value();
  },
});

/** An int until the first float is met. */
class Sum {
  private ints: number | bigint = 0;
  private floats = 0;
  private isFloat = false;

  /** Nearly always all are ints whose sum is small, or floats. */
  addAll(items: readonly Value[]): void {
    let i = 0;
    if (items[0] instanceof Float) this.add(items[i++]!);
    let so = this.isFloat ? this.floats : 0;
    for (; i < items.length; i++) {
      const item = items[i]!;
      if (this.isFloat) {
        if (!(item instanceof Float)) break;
        so += item.value;
      } else {
        const next = typeof item === 'number' ? so + item : NaN;
        if (!(next <= Number.MAX_SAFE_INTEGER && next >= -Number.MAX_SAFE_INTEGER)) break;
        so = next;
      }
    }
    if (this.isFloat) this.floats = so;
    else this.ints = so;
    for (; i < items.length; i++) this.add(items[i]!);
  }

  add(value: Value): void {
    const x = numeric(value);
    if (x === null) throw typeErr(msg.unary('-/+', typeName(value)));
    if (this.isFloat) {
      this.floats += Number(x);
    } else if (value instanceof Float) {
      this.isFloat = true;
      this.floats = int.toDouble(this.ints) + value.value;
    } else {
      this.ints = int.add(this.ints, x);
    }
  }

  value(): Value {
    return this.isFloat ? float(this.floats) : this.ints;
  }
}
