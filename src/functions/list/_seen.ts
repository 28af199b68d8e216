import { equals } from '../../values/compare.ts';
import { Bytes, Float, Thing, type Value } from '../../values/value.ts';
import type { Query } from '../../evaluator/query.ts';

/**
 * Values met so far, by `==`. Numbers within ±(2^53−1), strs and things are found by hashing; `==` lets no value
 * of these three equal one of the rest, but for strs, which may equal bytes. The rest is searched.
 */
export class Seen {
  private readonly q: Query;
  private readonly hashed: Set<number | string | Thing>;
  private readonly others: Value[];
  private bytes: boolean;

  constructor(q: Query) {
    this.q = q;
    this.hashed = new Set();
    this.others = [];
    this.bytes = false;
  }

  /** Gives false when an equal value was met before. */
  add(value: Value): boolean {
    const { hashed, others } = this;
    const key = hashKey(value);
    this.q.spend(1);
    if (key !== null) {
      if (hashed.has(key)) return false;
      if (this.bytes && typeof key === 'string' && this.among(value)) return false;
      hashed.add(key);
      return true;
    }
    if (value instanceof Bytes) {
      for (const known of hashed) if (typeof known === 'string' && equals(value, known)) return false;
      this.q.spend(hashed.size >> 2);
    }
    if (this.among(value)) return false;
    if (value instanceof Bytes) this.bytes = true;
    others.push(value);
    return true;
  }

  private among(value: Value): boolean {
    const { others } = this;
    this.q.spend(others.length >> 2);
    for (let i = 0; i < others.length; i++) if (equals(others[i]!, value)) return true;
    return false;
  }
}

function hashKey(value: Value): number | string | Thing | null {
  switch (typeof value) {
    case 'number':
    case 'string': return value;
    case 'boolean': return value ? 1 : 0;
    case 'object':
      if (value instanceof Thing) return value;
      return value instanceof Float && Math.abs(value.value) <= Number.MAX_SAFE_INTEGER ? value.value : null;
    default: return null;
  }
}
