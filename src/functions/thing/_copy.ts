import * as raw from '../../values/raw.ts';
import { emptyDictShape, emptyShape, type Shape } from '../../values/shape.ts';
import { List, TAG, Thing, ThingSet, Wrap, type Value } from '../../values/value.ts';
import type { Query } from '../../evaluator/query.ts';

/**
 * A copy of a thing, list or set. `deep` counts things: at 0 they are shared, and a thing of depth 0 is its own
 * copy; lists and sets are always copied. `keep` says whether types and restrictions stay.
 */
export function copyOf(q: Query, value: Thing | List | ThingSet, deep: number, keep: boolean): Value {
  const copier = new Copier(q, keep);
  if (value instanceof List) return copier.list(value, deep, false);
  return value instanceof Thing ? copier.thing(value, deep) : copier.set(value, deep);
}

class Copier {
  private readonly q: Query;
  private readonly keep: boolean;
  /** Copies of the things that are being copied: rings end there, but a thing used twice is copied twice. */
  private readonly open: Map<Thing, Thing>;

  constructor(q: Query, keep: boolean) {
    this.q = q;
    this.keep = keep;
    this.open = new Map();
  }

  thing(from: Thing, deep: number): Thing {
    if (deep === 0) return from;
    if (this.open.size > 0) {
      const known = this.open.get(from);
      if (known !== undefined) return known;
    }
    this.q.spend(4 + from.count);
    const to = new Thing(this.shapeFor(from));
    // With one level there is nothing that could lead back.
    if (deep > 1) this.open.set(from, to);
    const { keys } = to.shape;
    for (let i = 0; i < from.count; i++) {
      const value = this.value(from.valueAt(i), deep - 1, false);
      to.setValueAt(i, value);
      raw.own(value, to, keys[i]!);
    }
    if (deep > 1) this.open.delete(from);
    return to;
  }

  private shapeFor({ shape }: Thing): Shape {
    const same = this.keep || (shape.type === null && shape.spec === null);
    if (same && shape.shared) return shape;
    const to = (shape.dict ? emptyDictShape() : emptyShape()).restrictedBy(this.keep ? shape.spec : null);
    return shape.keys.reduce((known, key) => known.with(key), to);
  }

  private value(value: Value, deep: number, inList: boolean): Value {
    if (value instanceof Thing) return this.thing(value, deep);
    if (value instanceof List) return value.tag === TAG.tuple && deep === 0 ? value : this.list(value, deep, inList);
    if (value instanceof ThingSet) return inList ? new List([...this.set(value, deep).things], true) : this.set(value, deep);
    if (value instanceof Wrap && deep > 0) return new Wrap(this.thing(value.thing, deep), value.type);
    return value;
  }

  list(from: List, deep: number, tuple: boolean): List {
    this.q.spend(1 + (from.items.length >> 4));
    return new List(from.items.map(item => this.value(item, deep, true)), tuple);
  }

  set(from: ThingSet, deep: number): ThingSet {
    const things = new Set<Thing>();
    this.q.spend(1 + (from.things.size >> 4));
    for (const thing of from.things) things.add(this.thing(thing, deep));
    return new ThingSet(things);
  }
}
