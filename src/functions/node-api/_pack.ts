import type { Writer } from '../../wire/msgpack.ts';

/** A float in an answer, where a bare number is an int. */
export class Seconds {
  readonly value: number;
  constructor(milliseconds: number) {
    this.value = milliseconds / 1000;
  }
}

export type Entry = readonly [key: string, value: string | number | Seconds | null];

/** A map of names and plain values. */
export function packEntries(w: Writer, entries: readonly Entry[]): void {
  w.map(entries.length);
  for (const [key, value] of entries) {
    w.str(key);
    if (value === null) w.nil();
    else if (typeof value === 'string') w.str(value);
    else if (value instanceof Seconds) w.float(value.value);
    else w.int(value);
  }
}
