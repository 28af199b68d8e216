/**
 * Strs as ThingsDB sees them: lengths, positions, slices and order count **bytes** of UTF-8.
 *
 * A JavaScript string holds them (see `value.ts`): a byte that is not part of valid UTF-8 is a lone surrogate
 * U+DC80 … U+DCFF. The form is canonical, so that equal strs are `===`: wherever two pieces are joined whose
 * edges could make a valid character together, {@link concat} puts them through bytes once more.
 */
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const isEscape = (unit: number): boolean => unit >= 0xdc80 && unit <= 0xdcff;

/** Whether the first byte is no part of a character, but may become one of a character behind others. */
export function startsInCharacter(text: string): boolean {
  return text.length > 0 && isEscape(text.charCodeAt(0));
}

/** Units up to which a loop has ended before a regular expression has begun. */
const SHORT = 12;
const BEYOND_ASCII = /[^\x00-\x7f]/;

/** Position of the first unit that is no ASCII character; -1 when there is none. */
function beyondAscii(text: string): number {
  if (text.length > SHORT) return text.search(BEYOND_ASCII);
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return i;
  return -1;
}

/** True when every character is one byte. */
export function isAscii(text: string): boolean {
  return beyondAscii(text) < 0;
}

/** What `isWellFormed` looks for, where the platform is from before it. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Whether the bytes of `text` are valid UTF-8: no escaped byte is in it. */
export function isUtf8(text: string): boolean {
  return text.isWellFormed?.() ?? !LONE_SURROGATE.test(text);
}

/** Number of bytes of `text`. */
export function byteLength(text: string): number {
  let n = text.length;
  const first = beyondAscii(text);
  if (first < 0) return n;
  for (let i = first; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit <= 0x7f) continue;
    if (unit <= 0x7ff) n++;
    else if (unit >= 0xd800 && unit <= 0xdbff) {
      n += 2; // a pair: two units, four bytes
      i++;
    } else if (!isEscape(unit)) n += 2;
  }
  return n;
}

export function toBytes(text: string): Uint8Array {
  if (text.length <= SHORT && isAscii(text)) {
    const out = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) out[i] = text.charCodeAt(i);
    return out;
  }
  if (isUtf8(text)) return encoder.encode(text);
  const out = new Uint8Array(byteLength(text));
  let at = 0;
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit <= 0xdbff) {
      i++;
      continue;
    }
    if (!isEscape(unit)) continue;
    at += encoder.encodeInto(text.slice(from, i), out.subarray(at)).written;
    out[at++] = unit - 0xdc00;
    from = i + 1;
  }
  encoder.encodeInto(text.slice(from), out.subarray(at));
  return out;
}

export function fromBytes(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    return fromDamagedBytes(bytes);
  }
}

/** Decodes what is not wholly UTF-8: bytes that fit nowhere become U+DC80 … U+DCFF. */
function fromDamagedBytes(bytes: Uint8Array): string {
  let out = '';
  for (let i = 0; i < bytes.length; ) {
    const n = sequenceLength(bytes, i);
    if (n === 0) {
      out += String.fromCharCode(0xdc00 + bytes[i]!);
      i++;
      continue;
    }
    // A run of valid characters at once.
    let end = i + n;
    for (let m: number; end < bytes.length && (m = sequenceLength(bytes, end)) > 0; ) end += m;
    out += decoder.decode(bytes.subarray(i, end));
    i = end;
  }
  return out;
}

/** Length of the valid UTF-8 sequence that starts at `i`; 0 when there is none. */
function sequenceLength(bytes: Uint8Array, i: number): number {
  const first = bytes[i]!;
  if (first < 0x80) return 1;
  const second = i + 1 < bytes.length ? bytes[i + 1]! : 0;
  const follows = (k: number): boolean => i + k < bytes.length && (bytes[i + k]! & 0xc0) === 0x80;
  if (first >= 0xc2 && first <= 0xdf) return follows(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    if (!follows(1) || !follows(2)) return 0;
    if (first === 0xe0 && second < 0xa0) return 0; // overlong
    if (first === 0xed && second > 0x9f) return 0; // a surrogate
    return 3;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    if (!follows(1) || !follows(2) || !follows(3)) return 0;
    if (first === 0xf0 && second < 0x90) return 0; // overlong
    if (first === 0xf4 && second > 0x8f) return 0; // beyond U+10FFFF
    return 4;
  }
  return 0;
}

/** Joins two strs. */
export function concat(a: string, b: string): string {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  // Two escaped bytes that meet may be halves of one character.
  if (startsInCharacter(b) && isEscape(a.charCodeAt(a.length - 1))) return canonical(a + b);
  return a + b;
}

/** The canonical form of a text in which escaped bytes may stand side by side. */
export function canonical(text: string): string {
  return isUtf8(text) ? text : fromBytes(toBytes(text));
}

/** Order by bytes: negative, 0 or positive. UTF-16 order differs from it where surrogates meet U+E000 and up. */
export function compareStr(a: string, b: string): number {
  if (a === b) return 0;
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    if (x < 0xd800 && y < 0xd800) return x - y;
    return compareBytes(toBytes(a), toBytes(b));
  }
  return a.length - b.length;
}

export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const d = a[i]! - b[i]!;
    if (d !== 0) return d;
  }
  return a.length - b.length;
}

/** The part of `text` from byte `from` to byte `to` (exclusive), both within its length. */
export function sliceBytes(text: string, from: number, to: number): string {
  return isAscii(text) ? text.slice(from, to) : fromBytes(toBytes(text).subarray(from, to));
}
