/**
 * The instances of a type, when they are many. Nearly always a thing becomes an instance when it is stored, so instances
 * come by ascending id: then a bit for each is enough, since the collection finds them by their ids. Those that come
 * after one that did not are in a {@link LargeSet} behind them. So are all that come once it has shown that their ids lie
 * far apart, when bits would take more.
 *
 * Like that one it grows by small steps. An instance must be taken out before it loses its id.
 */
import { ID_PAGE, IdTable } from './id-table.ts';
import { LargeSet, type ChangeableThings } from './large-set.ts';
import type { Thing } from './value.ts';

/** Ids of a page of bits, which takes some 700 bytes. */
const PAGE = 4_096;
/** Instances of a page beyond which it takes less than a large set of them, and pages that may well have fewer. */
const SPARSE = 32;
const SPARSE_PAGES = 64;

/** Words of bits that belong to a page of the table. */
const WORDS = ID_PAGE / 32;
const ALL = 2 ** 32 - 1;

class Page {
  readonly number: number;
  readonly bits: Uint32Array;
  count: number;
  constructor(number: number) {
    this.number = number;
    this.bits = new Uint32Array(PAGE / 32);
    this.count = 0;
  }
}

export class InstanceSet implements ChangeableThings {
  /** What is stored, by id. */
  private readonly table: IdTable<Thing>;
  /** Those that have instances, by number. */
  private readonly pages: IdTable<Page>;
  private inPages: number;
  /** The highest id that ever was in pages. */
  private last: number;
  /** Null while all are in pages. */
  private later: LargeSet | null;

  constructor(table: IdTable<Thing>, things: Iterable<Thing> = []) {
    this.table = table;
    this.pages = new IdTable();
    this.inPages = 0;
    this.last = 0;
    this.later = null;
    for (const thing of things) this.add(thing);
  }

  get size(): number {
    return this.inPages + (this.later === null ? 0 : this.later.size);
  }

  has(thing: Thing): boolean {
    if (this.find(thing.id) !== null) return this.table.get(thing.id) === thing;
    return this.later !== null && this.later.has(thing);
  }

  /** It has an id. */
  add(thing: Thing): void {
    const { id } = thing;
    if (this.find(id) !== null) return;
    const page = this.later === null && id > this.last ? this.lastPage(id) : null;
    if (page === null) {
      (this.later ??= new LargeSet()).add(thing);
      return;
    }
    page.bits[(id % PAGE) >>> 5]! |= 1 << (id % 32);
    page.count++;
    this.inPages++;
    this.last = id;
  }

  delete(thing: Thing): boolean {
    const { id } = thing;
    const page = this.find(id);
    if (page === null) return this.later !== null && this.later.delete(thing);
    page.bits[(id % PAGE) >>> 5]! &= ~(1 << (id % 32));
    this.inPages--;
    if (--page.count === 0) this.pages.delete(page.number);
    return true;
  }

  /** In order of adding; things may come and go meanwhile. */
  values(): IterableIterator<Thing> {
    return new Walk(this.table, this.pages, () => this.later);
  }

  [Symbol.iterator](): Iterator<Thing> {
    return this.values();
  }

  forEach(visit: (thing: Thing) => void): void {
    for (const thing of this) visit(thing);
  }

  /** In order of adding; none may come or go meanwhile. */
  *portions(): Generator<readonly Thing[]> {
    for (const page of this.pages.values()) {
      for (let word = 0; word < page.bits.length; word += WORDS) {
        const entries = this.table.page((page.number * PAGE + word * 32) / ID_PAGE);
        const bits = page.bits.subarray(word, word + WORDS);
        if (bits.every(part => part === ALL)) yield entries as Thing[];
        else if (bits.some(part => part !== 0)) yield entries.filter((_, i) => (bits[i >>> 5]! & (1 << (i % 32))) !== 0) as Thing[];
      }
    }
    if (this.later !== null) yield* this.later.portions();
  }

  /** The page that says that an instance has this id; null when there is none. */
  private find(id: number): Page | null {
    const page = this.pages.get(Math.floor(id / PAGE));
    return page !== undefined && (page.bits[(id % PAGE) >>> 5]! & (1 << (id % 32))) !== 0 ? page : null;
  }

  /** The page for an id above all; null when it would be a new one, and there are too many that have few instances. */
  private lastPage(id: number): Page | null {
    const number = Math.floor(id / PAGE);
    let page = this.pages.get(number);
    if (page === undefined) {
      if (this.pages.size >= SPARSE_PAGES + this.inPages / SPARSE) return null;
      page = new Page(number);
      this.pages.add(number, page);
    }
    return page;
  }
}

/** A walk over all, in order. */
class Walk implements IterableIterator<Thing> {
  private readonly table: IdTable<Thing>;
  private readonly pages: IdTable<Page>;
  private readonly rest: () => LargeSet | null;
  private page: Page | null;
  /** Which 32 bits of the page are looked at, and those of them that are yet to come. */
  private word: number;
  private left: number;
  /** What has the ids about these bits. */
  private entries: readonly (Thing | null)[];
  private later: Iterator<Thing> | null;

  constructor(table: IdTable<Thing>, pages: IdTable<Page>, rest: () => LargeSet | null) {
    this.table = table;
    this.pages = pages;
    this.rest = rest;
    this.page = pages.after(-1);
    this.word = -1;
    this.left = 0;
    this.entries = [];
    this.later = null;
  }

  next(): IteratorResult<Thing, undefined> {
    for (let { page } = this; page !== null; page = this.page = this.pages.after(page.number), this.word = -1) {
      const { bits } = page;
      // Some may be gone since.
      if (this.left !== 0) this.left &= bits[this.word]!;
      while (this.left === 0 && ++this.word < bits.length) {
        this.left = bits[this.word]!;
        if (this.left !== 0) this.entries = this.table.page(Math.floor((page.number * PAGE + this.word * 32) / ID_PAGE));
      }
      if (this.left === 0) continue;
      const at = 31 - Math.clz32(this.left & -this.left);
      this.left ^= 1 << at;
      return { done: false, value: this.entries[(this.word * 32 + at) % ID_PAGE]! };
    }
    const later = (this.later ??= this.rest()?.values() ?? null);
    return later === null ? { done: true, value: undefined } : later.next();
  }

  [Symbol.iterator](): this {
    return this;
  }
}
