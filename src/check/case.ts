/**
 * Recorded cases: queries with the answers that the real ThingsDB server gave (corrected where we answer
 * differently on purpose; such cases carry `differs`). One JSON object a line:
 *
 *     {"id": "str/upper/basic", "fn": ["upper"], "steps": [{"q": "'ab'.upper();"}], "want": [{"ok": "AB"}]}
 *
 * A step runs on `//stuff` as admin unless it names a `scope`, `vars` or `auth`. In vars and answers a float
 * is `{"$float": "1.5"}`, bytes `{"$bytes": "base64"}`, an int beyond ±2^53 `{"$int": "…"}`, and ids of things
 * are numbered `$1`, `$2`, … in order of appearance.
 */
import { KIND, Reader, Writer } from '../wire/msgpack.ts';

export interface Step {
  readonly q: string;
  readonly scope?: string;
  readonly vars?: Record<string, Json>;
  readonly auth?: string | [string, string];
}

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Outcome = { ok: Json } | { err: { code: number; msg: string } };

export interface Case {
  readonly id: string;
  readonly steps: readonly Step[];
  readonly want: readonly Outcome[];
  readonly differs?: string;
}

export function parseCases(text: string): Case[] {
  return text.split('\n').filter(line => line.trim() !== '').map(line => JSON.parse(line) as Case);
}

/** A value of a case as MessagePack. */
export function packJson(w: Writer, value: Json): void {
  if (value === null) return w.nil();
  switch (typeof value) {
    case 'boolean': return w.bool(value);
    case 'number': return Number.isInteger(value) ? w.int(value) : w.float(value);
    case 'string': return w.str(value);
  }
  if (Array.isArray(value)) {
    w.array(value.length);
    for (const item of value) packJson(w, item);
    return;
  }
  const keys = Object.keys(value);
  if (keys.length === 1) {
    const text = value[keys[0]!];
    if (keys[0] === '$float') return w.float(floatOf(text as string));
    if (keys[0] === '$bytes') return w.bin(Uint8Array.from(Buffer.from(text as string, 'base64')));
    if (keys[0] === '$int') return packInt(w, BigInt(text as string));
  }
  w.map(keys.length);
  for (const key of keys) {
    w.str(key);
    packJson(w, value[key]!);
  }
}

/** Also an unsigned int of 64 bits, which clients may send although no value of the language is that large. */
function packInt(w: Writer, value: bigint): void {
  if (value < 2n ** 63n) return w.int(value);
  const bytes = new Uint8Array(9);
  bytes[0] = 0xcf;
  new DataView(bytes.buffer).setBigUint64(1, value);
  w.raw(bytes);
}

function floatOf(text: string): number {
  return text === 'inf' ? Infinity : text === '-inf' ? -Infinity : text === 'nan' ? NaN : Number(text);
}

/** A packed answer in the form of a case. `ids` numbers the things of the whole case. */
export function unpackJson(r: Reader, ids: Map<number, string>): Json {
  switch (r.kind()) {
    case KIND.nil: return r.nil();
    case KIND.bool: return r.bool();
    case KIND.int: {
      const n = r.int();
      // The recorder writes ±2^53 as a number, too.
      return typeof n === 'number' ? n : n === 2n ** 53n || n === -(2n ** 53n) ? Number(n) : { $int: String(n) };
    }
    case KIND.float: return { $float: pythonRepr(r.float()) };
    case KIND.str: return r.str();
    case KIND.bin: return { $bytes: Buffer.from(r.bin()).toString('base64') };
    case KIND.array: {
      const out: Json[] = [];
      for (let n = r.array(); n > 0; n--) out.push(unpackJson(r, ids));
      return out;
    }
    case KIND.map: {
      const out: { [key: string]: Json } = {};
      for (let n = r.map(); n > 0; n--) {
        const key = r.str();
        if (key === '#' && r.kind() === KIND.int) {
          const id = r.safeInt();
          if (!ids.has(id)) ids.set(id, `$${ids.size + 1}`);
          out[key] = ids.get(id)!;
        } else out[key] = unpackJson(r, ids);
      }
      return out;
    }
    default: {
      const { type, data } = r.ext();
      return { $ext: [type, Buffer.from(data).toString('base64')] };
    }
  }
}

/** A float as the recorder wrote it: Python's `repr`. */
function pythonRepr(x: number): string {
  if (Number.isNaN(x)) return 'nan';
  if (!Number.isFinite(x)) return x > 0 ? 'inf' : '-inf';
  const text = String(x);
  const e = text.indexOf('e');
  const size = Math.abs(x);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    const [mantissa, exponent] = x.toExponential().split('e') as [string, string];
    const digits = exponent.slice(1).padStart(2, '0');
    return `${mantissa}e${exponent[0]}${digits}`;
  }
  return e < 0 && !text.includes('.') ? `${text}.0` : text;
}

/** Whether an answer is the recorded one. The order of keys counts, as it does for clients. */
export function sameOutcome(got: Outcome, want: Outcome): boolean {
  return JSON.stringify(got) === JSON.stringify(want);
}
