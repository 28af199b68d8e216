/**
 * A set of ids at a bit each. In pages, since the ids that are in use may be few and far between; growing is never
 * more than a page, where JavaScript's own set would move all that it has.
 */
const PAGE = 4_096;

export class IdSet {
  private readonly pages = new Map<number, Uint32Array>();

  has(id: number): boolean {
    const at = id % PAGE;
    const page = this.pages.get((id - at) / PAGE);
    return page !== undefined && (page[at >>> 5]! & (1 << (at & 31))) !== 0;
  }

  /** False when it was there already. */
  add(id: number): boolean {
    const at = id % PAGE;
    const number = (id - at) / PAGE;
    let page = this.pages.get(number);
    if (page === undefined) {
      page = new Uint32Array(PAGE / 32);
      this.pages.set(number, page);
    }
    const bit = 1 << (at & 31);
    if ((page[at >>> 5]! & bit) !== 0) return false;
    page[at >>> 5]! |= bit;
    return true;
  }
}
