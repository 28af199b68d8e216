/** A walk over a list, tuple, set or thing, which cannot be changed meanwhile: what a `for` loop goes through. */
import { use, type InUse, type Using } from '../collection/in-use.ts';
import { List, Thing, ThingSet, type Value } from '../values/value.ts';

/** The second variable of a loop over things, and the second argument of closures that are called for them. */
export function idOf(thing: Thing): Value {
  return thing.id === 0 ? null : thing.id;
}

export class Cursor {
  /** The item, and its index; of a set a thing, and its id; of a thing a name, and its value. */
  a: Value;
  b: Value;
  /** Of a list its items, which compiled loops read themselves; else null. */
  readonly items: readonly Value[] | null;
  /** Position of the next item or property. */
  at: number;
  private readonly over: List | ThingSet | Thing;
  private readonly things: Iterator<Thing> | null;
  /** Positions of a thing's properties in the order in which they are listed; null for 0, 1, 2, … */
  private readonly order: readonly number[] | null;

  private readonly q: Using;
  private readonly outer: InUse | null;

  private constructor(over: List | ThingSet | Thing, q: Using) {
    this.a = null;
    this.b = null;
    this.items = over instanceof List ? over.items : null;
    this.at = 0;
    this.over = over;
    this.things = over instanceof ThingSet ? over.things.values() : null;
    this.order = over instanceof Thing ? over.shape.order() : null;
    this.q = q;
    this.outer = use(q, over);
  }

  /** Null for what is empty, undefined for what nobody can walk over. */
  static open(over: Value, q: Using): Cursor | null | undefined {
    if (over instanceof List) return over.items.length === 0 ? null : new Cursor(over, q);
    if (over instanceof ThingSet) return over.things.size === 0 ? null : new Cursor(over, q);
    if (over instanceof Thing) return over.count === 0 ? null : new Cursor(over, q);
    return undefined;
  }

  /** Goes on to the next; gives false at the end. */
  next(): boolean {
    const { items } = this;
    if (items !== null) {
      if (this.at >= items.length) return false;
      this.a = items[this.at]!;
      this.b = this.at++;
      return true;
    }
    return this.things !== null ? this.nextThing(this.things) : this.nextProperty(this.over as Thing);
  }

  private nextThing(things: Iterator<Thing>): boolean {
    const { done, value: thing } = things.next();
    if (done === true) return false;
    this.a = thing;
    this.b = idOf(thing);
    return true;
  }

  private nextProperty(thing: Thing): boolean {
    if (this.at >= thing.count) return false;
    const at = this.order === null ? this.at : this.order[this.at]!;
    this.a = thing.shape.keys[at]!;
    this.b = thing.valueAt(at);
    this.at++;
    return true;
  }

  close(): void {
    this.q.inUse = this.outer;
  }
}
