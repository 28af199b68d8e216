/** Counts of values by class: cheap enough for every query. */
export class Histogram {
  /** Upper bounds of the classes, ascending, each inclusive; what is above them all counts in one more class. */
  readonly bounds: readonly number[];
  /** How many values are in each class. */
  readonly counts: number[];
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = new Array<number>(bounds.length + 1).fill(0);
  }

  add(value: number): void {
    const { bounds } = this;
    let i = 0;
    while (i < bounds.length && value > bounds[i]!) i++;
    this.counts[i]!++;
    this.sum += value;
  }
}
