/**
 * What a running query is using: what it iterates over, or calls a method of, or assigns to. Nothing of that may change
 * meanwhile. Uses stand one within another, and there are few at a time, so they are a chain, and the values themselves,
 * of which there are millions, know nothing of it.
 */
import type { List, Thing, ThingSet } from '../values/value.ts';

export class InUse {
  readonly value: Thing | List | ThingSet;
  /** The use that this one stands within. */
  readonly outer: InUse | null;
  constructor(value: Thing | List | ThingSet, outer: InUse | null) {
    this.value = value;
    this.outer = outer;
  }
}

/** Whoever uses values: a query. */
export interface Using {
  /** The innermost use at the moment. */
  inUse: InUse | null;
}

/** Begins to use a value. Gives what was the innermost use before: it is to be that again at the end, come what may. */
export function use(q: Using, value: Thing | List | ThingSet): InUse | null {
  const outer = q.inUse;
  q.inUse = new InUse(value, outer);
  return outer;
}

export function isInUse(q: Using, value: Thing | List | ThingSet): boolean {
  for (let { inUse } = q; inUse !== null; inUse = inUse.outer) if (inUse.value === value) return true;
  return false;
}
