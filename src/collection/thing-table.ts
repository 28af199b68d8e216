/**
 * The stored things of a collection by id. In pages, for ids are given one after another: a thing costs eight bytes
 * here, adding one never moves all that is there (as JavaScript's own map does each time that it has doubled), and
 * things can be visited by ascending id while others come and go.
 */
import type { Thing } from '../values/value.ts';

/** Small, since of old things few may be left, here and there. */
const PAGE = 256;

interface Page {
  readonly things: (Thing | null)[];
  count: number;
}

export class ThingTable {
  size: number;
  private readonly pages: Map<number, Page>;
  /** Numbers of the pages, ascending. */
  private readonly numbers: number[];

  constructor() {
    this.size = 0;
    this.pages = new Map();
    this.numbers = [];
  }

  get(id: number): Thing | undefined {
    const at = id % PAGE;
    return this.pages.get((id - at) / PAGE)?.things[at] ?? undefined;
  }

  has(id: number): boolean {
    return this.get(id) !== undefined;
  }

  /** `id` is free. */
  add(id: number, thing: Thing): void {
    const at = id % PAGE;
    const number = (id - at) / PAGE;
    const page = this.pages.get(number) ?? this.newPage(number);
    page.things[at] = thing;
    page.count++;
    this.size++;
  }

  /** A thing of that id is here. */
  delete(id: number): void {
    const at = id % PAGE;
    const number = (id - at) / PAGE;
    const page = this.pages.get(number)!;
    page.things[at] = null;
    this.size--;
    if (--page.count > 0) return;
    this.pages.delete(number);
    this.numbers.splice(this.lowerBound(number), 1);
  }

  /** The thing with the lowest id above `id`; null when there is none. */
  after(id: number): Thing | null {
    const from = id + 1;
    let at = from % PAGE;
    const number = (from - at) / PAGE;
    const here = this.pages.get(number);
    if (here !== undefined) {
      for (; at < PAGE; at++) if (here.things[at] !== null) return here.things[at]!;
    }
    const next = this.numbers[this.lowerBound(number + 1)];
    // No page is empty.
    return next === undefined ? null : this.pages.get(next)!.things.find(thing => thing !== null)!;
  }

  /** By ascending id; things may come and go meanwhile. */
  *values(): Generator<Thing, void, undefined> {
    for (let thing = this.after(-1); thing !== null;) {
      const { id } = thing;
      yield thing;
      thing = this.after(id);
    }
  }

  private newPage(number: number): Page {
    const page: Page = { things: new Array<Thing | null>(PAGE).fill(null), count: 0 };
    this.pages.set(number, page);
    const { numbers } = this;
    if (numbers.length === 0 || numbers[numbers.length - 1]! < number) numbers.push(number);
    else numbers.splice(this.lowerBound(number), 0, number);
    return page;
  }

  /** Position of the first page whose number is not below `number`. */
  private lowerBound(number: number): number {
    const { numbers } = this;
    let low = 0;
    let high = numbers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (numbers[middle]! < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
