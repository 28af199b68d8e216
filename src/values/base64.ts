/** Base64 as ThingsDB has it: encoding pads, decoding takes anything. */
const ALPHABET = new TextEncoder().encode('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const decoder = new TextDecoder();
/** `=` */
const PAD = 0x3d;

/** The two characters of each twelve bits, as they lie in memory. */
const TWELVE_BITS = new Uint16Array(1 << 12);
{
  const characters = new Uint8Array(TWELVE_BITS.buffer);
  for (let bits = 0; bits < TWELVE_BITS.length; bits++) {
    characters[2 * bits] = ALPHABET[bits >> 6]!;
    characters[2 * bits + 1] = ALPHABET[bits & 63]!;
  }
}

export function encodeBase64(bytes: Uint8Array): string {
  const rest = bytes.length % 3;
  const whole = bytes.length - rest;
  const out = new Uint16Array(Math.ceil(bytes.length / 3) * 2);
  let at = 0;
  for (let i = 0; i < whole; i += 3, at += 2) {
    const bits = (bytes[i]! << 16) | (bytes[i + 1]! << 8) | bytes[i + 2]!;
    out[at] = TWELVE_BITS[bits >> 12]!;
    out[at + 1] = TWELVE_BITS[bits & 0xfff]!;
  }
  if (rest > 0) {
    const bits = (bytes[whole]! << 16) | (rest === 2 ? bytes[whole + 1]! << 8 : 0);
    out[at] = TWELVE_BITS[bits >> 12]!;
    out[at + 1] = TWELVE_BITS[bits & 0xfff]!;
  }
  const text = new Uint8Array(out.buffer);
  if (rest > 0) text.fill(PAD, text.length - 3 + rest);
  return decoder.decode(text);
}

const SIX_BITS = new Uint8Array(256);
for (let i = 0; i < 64; i++) SIX_BITS[ALPHABET[i]!] = i;
SIX_BITS['-'.charCodeAt(0)] = 62;
SIX_BITS['_'.charCodeAt(0)] = 63;

/**
 * Both alphabets are read, padding may be left out, and what is in neither counts as zero bits. A last character
 * alone gives no byte.
 */
export function decodeBase64(text: Uint8Array): Uint8Array {
  const out = new Uint8Array(decodedLength(text));
  let i = 0;
  let at = 0;
  for (; at + 3 <= out.length; i += 4, at += 3) {
    const bits = (SIX_BITS[text[i]!]! << 18) | (SIX_BITS[text[i + 1]!]! << 12) | (SIX_BITS[text[i + 2]!]! << 6) | SIX_BITS[text[i + 3]!]!;
    out[at] = bits >> 16;
    out[at + 1] = bits >> 8;
    out[at + 2] = bits;
  }
  if (at < out.length) {
    const bits = (SIX_BITS[text[i]!]! << 18) | (SIX_BITS[text[i + 1]!]! << 12) | (SIX_BITS[text[i + 2] ?? 0]! << 6);
    out[at] = bits >> 16;
    if (at + 1 < out.length) out[at + 1] = bits >> 8;
  }
  return out;
}

/** Padding counts in the last group of four only. */
function decodedLength(text: Uint8Array): number {
  const n = text.length;
  const rest = n % 4 === 0 && n > 0 ? 4 : n % 4;
  const whole = ((n - rest) / 4) * 3;
  const padded = (at: number): boolean => text[at] === PAD;
  switch (rest) {
    case 4: return whole + (padded(n - 1) ? (padded(n - 2) ? 1 : 2) : 3);
    case 3: return whole + (padded(n - 1) ? 1 : 2);
    case 2: return whole + 1;
    default: return whole;
  }
}
