/**
 * What has an id, by id. In pages, for ids are given one after another: an entry costs eight bytes here, adding one
 * never moves all that is there (as JavaScript's own map does each time that it has doubled), and entries can be
 * visited by ascending id while others come and go.
 */

/** Ids of a page. Few, since of old entries not many may be left, here and there. */
export const ID_PAGE = 256;

class Page<T> {
  readonly number: number;
  readonly entries: (T | null)[];
  count: number;
  constructor(number: number) {
    this.number = number;
    this.entries = new Array<T | null>(ID_PAGE).fill(null);
    this.count = 0;
  }
}

const NO_ENTRIES: readonly null[] = [];

export class IdTable<T> {
  size: number;
  private readonly pages: Map<number, Page<T>>;
  /** Numbers of the pages, ascending. */
  private readonly numbers: number[];
  /** The page that was used last: mostly the next one. */
  private recent: Page<T> | null;

  constructor() {
    this.size = 0;
    this.pages = new Map();
    this.numbers = [];
    this.recent = null;
  }

  get(id: number): T | undefined {
    const at = id % ID_PAGE;
    return this.find((id - at) / ID_PAGE)?.entries[at] ?? undefined;
  }

  has(id: number): boolean {
    return this.get(id) !== undefined;
  }

  /** `id` is free. */
  add(id: number, entry: T): void {
    const at = id % ID_PAGE;
    const number = (id - at) / ID_PAGE;
    const page = this.find(number) ?? this.newPage(number);
    page.entries[at] = entry;
    page.count++;
    this.size++;
  }

  /** Something of that id is here. */
  delete(id: number): void {
    const at = id % ID_PAGE;
    const number = (id - at) / ID_PAGE;
    const page = this.find(number)!;
    page.entries[at] = null;
    this.size--;
    if (--page.count > 0) return;
    this.recent = null;
    this.pages.delete(number);
    this.numbers.splice(this.lowerBound(number), 1);
  }

  /** The entries of page `number`, whose ids begin at that times {@link ID_PAGE}; to be read before others come. */
  page(number: number): readonly (T | null)[] {
    return this.pages.get(number)?.entries ?? NO_ENTRIES;
  }

  /** The entry with the lowest id above `id`; null when there is none. */
  after(id: number): T | null {
    const from = id + 1;
    let at = from % ID_PAGE;
    let page = this.pageFrom((from - at) / ID_PAGE);
    if (page === null) return null;
    if (page.number * ID_PAGE > from) at = 0;
    for (; page !== null; page = this.pageFrom(page.number + 1), at = 0) {
      for (; at < ID_PAGE; at++) {
        const entry = page.entries[at]!;
        if (entry !== null) return entry;
      }
    }
    return null;
  }

  /** By ascending id; entries may come and go meanwhile. */
  values(): IterableIterator<T> {
    return new Entries(number => this.pageFrom(number));
  }

  /** All entries, by ascending id, in portions; none may come or go meanwhile. */
  *portions(): Generator<readonly T[]> {
    for (const number of this.numbers) {
      const { entries, count } = this.pages.get(number)!;
      yield count === ID_PAGE ? entries as T[] : entries.filter(entry => entry !== null);
    }
  }

  /** All entries, by ascending id. */
  toArray(): T[] {
    const all = new Array<T>(this.size);
    let at = 0;
    for (const number of this.numbers) {
      for (const entry of this.pages.get(number)!.entries) if (entry !== null) all[at++] = entry;
    }
    return all;
  }

  private find(number: number): Page<T> | undefined {
    if (this.recent !== null && this.recent.number === number) return this.recent;
    const page = this.pages.get(number);
    if (page !== undefined) this.recent = page;
    return page;
  }

  private newPage(number: number): Page<T> {
    const page = new Page<T>(number);
    this.pages.set(number, page);
    const { numbers } = this;
    if (numbers.length === 0 || numbers[numbers.length - 1]! < number) numbers.push(number);
    else numbers.splice(this.lowerBound(number), 0, number);
    return page;
  }

  /** The first page whose number is not below `number`, which has entries; null when there is none. */
  private pageFrom(number: number): Page<T> | null {
    const found = this.numbers[this.lowerBound(number)];
    return found === undefined ? null : this.pages.get(found)!;
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

/** A walk over all entries. (A generator takes three times as long.) */
class Entries<T> implements IterableIterator<T> {
  private readonly pageFrom: (number: number) => Page<T> | null;
  private page: Page<T> | null;
  /** Place of the next entry in the page, or before it. */
  private at: number;

  constructor(pageFrom: (number: number) => Page<T> | null) {
    this.pageFrom = pageFrom;
    this.page = pageFrom(0);
    this.at = 0;
  }

  next(): IteratorResult<T, undefined> {
    for (let { page } = this; page !== null; page = this.page = this.pageFrom(page.number + 1)) {
      const { entries } = page;
      while (this.at < ID_PAGE) {
        const entry = entries[this.at++]!;
        if (entry !== null) return { done: false, value: entry };
      }
      this.at = 0;
    }
    return { done: true, value: undefined };
  }

  [Symbol.iterator](): this {
    return this;
  }
}
