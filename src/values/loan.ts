import { LargeSet, type Things } from './large-set.ts';
import type { Thing } from './value.ts';

/** Things that belong to somebody else, to be read as they were when they were lent: not a copy, until they are about to change. */
export class Loan implements Things {
  /** How many have it. */
  readers: number;
  private things: Things;
  constructor(things: Things) {
    this.readers = 0;
    this.things = things;
  }

  get size(): number {
    return this.things.size;
  }

  has(thing: Thing): boolean {
    return this.things.has(thing);
  }

  values(): IterableIterator<Thing> {
    return this.things.values();
  }

  [Symbol.iterator](): Iterator<Thing> {
    return this.things.values();
  }

  forEach(visit: (thing: Thing) => void): void {
    this.things.forEach(visit);
  }

  giveBack(): void {
    this.readers--;
  }

  /** To be called before they change, or whoever has them forgets them. */
  end(): void {
    if (this.readers === 0) return;
    this.things = this.things instanceof Set ? new Set(this.things) : LargeSet.ofAny([...this.things]);
  }
}
