/** Plain JavaScript values as MessagePack, for requests to a server. The rules are those of `vars.ts`. */
import { Float } from '../values/value.ts';
import type { Writer } from './msgpack.ts';

export function packPlain(w: Writer, value: unknown): void {
  switch (typeof value) {
    case 'boolean':
      return w.bool(value);
    case 'number':
      return Number.isSafeInteger(value) ? w.int(value) : w.float(value);
    case 'bigint':
      return w.int(value);
    case 'string':
      return w.str(value);
    case 'undefined':
      return w.nil();
    case 'object':
      return value === null ? w.nil() : packObject(w, value);
    default:
      throw new TypeError(`a JavaScript ${typeof value} cannot be sent`);
  }
}

function packObject(w: Writer, value: object): void {
  if (value instanceof Float) return w.float(value.value);
  if (value instanceof Uint8Array) return w.bin(value);
  if (Array.isArray(value)) {
    w.array(value.length);
    for (const item of value) packPlain(w, item);
    return;
  }
  // The protocol has no dates; the text is what `datetime()` reads.
  if (value instanceof Date) return w.str(value.toISOString().replace(/\.\d+Z$/, 'Z'));
  const entries = (value instanceof Map ? [...value] : Object.entries(value)).filter(([, item]) => item !== undefined);
  w.map(entries.length);
  for (const [key, item] of entries) {
    w.str(String(key));
    packPlain(w, item);
  }
}
