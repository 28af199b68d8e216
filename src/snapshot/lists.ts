/** Lists in a snapshot: their length, then their items. */
import type { Reader, Writer } from '../wire/msgpack.ts';

export function encodeAll<T>(w: Writer, items: Iterable<T>, encode: (item: T) => void): void {
  const all = Array.isArray(items) ? items as T[] : [...items];
  w.array(all.length);
  for (const item of all) encode(item);
}

export function decodeAll<T>(r: Reader, decode: () => T): T[] {
  const all: T[] = [];
  for (let n = r.array(); n > 0; n--) all.push(decode());
  return all;
}
