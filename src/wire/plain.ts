/**
 * Plain JavaScript values, for who uses Thingscope as a library: an int is a number (a bigint beyond
 * ±(2^53−1)), a float a number, bytes a `Uint8Array`, a thing an object with its id as `#`.
 */
import { Reader } from './msgpack.ts';
import { replay } from './replay.ts';
import type { Sink } from './result.ts';

export type Plain = null | boolean | number | bigint | string | Uint8Array | Plain[] | { [key: string]: Plain };

export class PlainSink implements Sink {
  result: Plain = null;
  /** Values told so far, each counted as eight bytes, so that a bound on results holds here too. */
  pos = 0;
  private readonly open: (Plain[] | { [key: string]: Plain })[] = [];
  private readonly keys: string[] = [];

  nil(): void {
    this.put(null);
  }
  bool(value: boolean): void {
    this.put(value);
  }
  int(value: number | bigint): void {
    this.put(value);
  }
  float(value: number): void {
    this.put(value);
  }
  str(text: string): void {
    this.pos += text.length;
    this.put(text);
  }
  bin(data: Uint8Array): void {
    this.pos += data.length;
    this.put(data.slice());
  }
  array(): void {
    const list: Plain[] = [];
    this.put(list);
    this.open.push(list);
    this.keys.push('');
  }
  map(): void {
    const object: { [key: string]: Plain } = {};
    this.put(object);
    this.open.push(object);
    this.keys.push('');
  }
  key(name: string): void {
    this.keys[this.keys.length - 1] = name;
  }
  end(): void {
    this.open.pop();
    this.keys.pop();
  }
  raw(data: Uint8Array): void {
    replay(new Reader(data), this);
  }

  private put(value: Plain): void {
    this.pos += 8;
    const top = this.open[this.open.length - 1];
    if (top === undefined) this.result = value;
    else if (Array.isArray(top)) top.push(value);
    else {
      const key = this.keys[this.keys.length - 1]!;
      // The one name that an assignment would not store.
      if (key === '__proto__') Object.defineProperty(top, key, { value, enumerable: true, configurable: true, writable: true });
      else top[key] = value;
    }
  }
}

/** One packed answer as a plain value. */
export function unpackPlain(bytes: Uint8Array): Plain {
  const sink = new PlainSink();
  replay(new Reader(bytes), sink);
  return sink.result;
}
