/**
 * The directory of extendible hashing: many small tables in the place of a large one, so that growing never moves more
 * than one of them holds. A table has what has the lowest bits of its hash in common, as many bits as its depth says;
 * one that is full is split in two.
 */
export interface Bucket {
  readonly depth: number;
}

export class HashDirectory<B extends Bucket> {
  /** By the lowest bits of the hash; a power of two of them. */
  private buckets: B[];

  /** Begins with empty tables of about that depth. */
  constructor(make: (depth: number) => B, depth: number) {
    const bits = Math.max(0, Math.ceil(depth));
    this.buckets = Array.from({ length: 1 << bits }, () => make(bits));
  }

  /** The table for a hash. */
  of(hash: number): B {
    return this.buckets[hash & (this.buckets.length - 1)]!;
  }

  /** The table that was split from that for a hash, or will have been; null when there is none of the same depth. */
  buddy(hash: number): B | null {
    const { depth } = this.of(hash);
    if (depth === 0) return null;
    const found = this.of(hash ^ (1 << (depth - 1)));
    return found.depth === depth ? found : null;
  }

  /** Lets a table stand for all hashes that have their lowest bits in common with this one. */
  put(hash: number, bucket: B): void {
    const step = 1 << bucket.depth;
    while (step > this.buckets.length) this.buckets = this.buckets.concat(this.buckets);
    for (let i = hash & (step - 1); i < this.buckets.length; i += step) this.buckets[i] = bucket;
  }
}

/** Spreads an int over 32 bits. */
export function mix(int: number): number {
  let hash = Math.imul(int, 0x9e37_79b1);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85eb_ca77);
  return (hash ^ (hash >>> 13)) >>> 0;
}
