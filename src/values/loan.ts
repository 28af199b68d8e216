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

  /** Where they are at present. */
  get lent(): Things {
    return this.things;
  }

  get size(): number {
    return this.things.size;
  }

  has(thing: Thing): boolean {
    return this.things.has(thing);
  }

  /** As they were lent, whatever comes and goes meanwhile. */
  values(): IterableIterator<Thing> {
    return new Walk(this);
  }

  [Symbol.iterator](): Iterator<Thing> {
    return this.values();
  }

  forEach(visit: (thing: Thing) => void): void {
    for (const thing of this) visit(thing);
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

class Walk implements IterableIterator<Thing> {
  private readonly loan: Loan;
  private things: Things;
  private rest: Iterator<Thing>;
  private count: number;

  constructor(loan: Loan) {
    this.loan = loan;
    this.things = loan.lent;
    this.rest = this.things.values();
    this.count = 0;
  }

  next(): IteratorResult<Thing, undefined> {
    if (this.loan.lent !== this.things) this.moveOn();
    this.count++;
    return this.rest.next();
  }

  /** The loan has ended: goes on at the same place in the copy. */
  private moveOn(): void {
    this.things = this.loan.lent;
    this.rest = this.things.values();
    for (let i = 0; i < this.count; i++) this.rest.next();
  }

  [Symbol.iterator](): this {
    return this;
  }
}
