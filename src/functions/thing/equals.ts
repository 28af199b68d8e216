import { deepOf } from '../../values/deep.ts';
import { equals } from '../../values/compare.ts';
import { Thing } from '../../values/value.ts';
import type { Query } from '../../evaluator/query.ts';
import { builtin } from '../builtin.ts';

/** Whether another thing has the same properties with equal values. Things deeper than `deep` count as equal. */
export default builtin({
  name: 'equals', on: 'thing', args: ['any', 'any?'], change: 'never',
  run: (q, self, other, deep) => {
    const levels = deep === undefined ? 1 : deepOf(deep);
    return other instanceof Thing && new Comparer(q).equal(self, other, levels);
  },
});

class Comparer {
  private readonly q: Query;
  /** Depth to which a pair was, or is being, compared: once more would give nothing new. */
  private readonly met: Map<Thing, Map<Thing, number>>;

  constructor(q: Query) {
    this.q = q;
    this.met = new Map();
  }

  equal(a: Thing, b: Thing, deep: number): boolean {
    if (a === b || deep === 0 || this.knows(a, b, deep)) return true;
    if (a.count !== b.count) return false;
    this.q.spend(1 + a.count);
    for (let i = 0; i < a.count; i++) {
      const at = b.shape.find(a.shape.keys[i]!);
      if (at < 0) return false;
      const x = a.valueAt(i);
      const y = b.valueAt(at);
      if (x instanceof Thing && y instanceof Thing ? !this.equal(x, y, deep - 1) : !equals(x, y)) return false;
    }
    return true;
  }

  private knows(a: Thing, b: Thing, deep: number): boolean {
    let byB = this.met.get(a);
    if (byB === undefined) this.met.set(a, (byB = new Map<Thing, number>()));
    if ((byB.get(b) ?? 0) >= deep) return true;
    byB.set(b, deep);
    return false;
  }
}
