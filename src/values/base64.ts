/** Base64 as ThingsDB has it: encoding pads, decoding takes anything. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function encodeBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  // A multiple of 3, so that only the last chunk is padded.
  for (let i = 0; i < bytes.length; i += 12_288) parts.push(encodeChunk(bytes.subarray(i, i + 12_288)));
  return parts.join('');
}

function encodeChunk(bytes: Uint8Array): string {
  let out = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const bits = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    out += ALPHABET[bits >> 18]! + ALPHABET[(bits >> 12) & 63]!;
    out += i + 1 < bytes.length ? ALPHABET[(bits >> 6) & 63]! : '=';
    out += i + 2 < bytes.length ? ALPHABET[bits & 63]! : '=';
  }
  return out;
}

const SIX_BITS = new Uint8Array(256);
for (let i = 0; i < 64; i++) SIX_BITS[ALPHABET.charCodeAt(i)] = i;
SIX_BITS['-'.charCodeAt(0)] = 62;
SIX_BITS['_'.charCodeAt(0)] = 63;

/**
 * Both alphabets are read, padding may be left out, and what is in neither counts as zero bits. A last character
 * alone gives no byte.
 */
export function decodeBase64(text: Uint8Array): Uint8Array {
  const out = new Uint8Array(decodedLength(text));
  for (let i = 0, at = 0; at < out.length; i += 4) {
    const bits = (SIX_BITS[text[i]!]! << 18) | (SIX_BITS[text[i + 1]!]! << 12) | (SIX_BITS[text[i + 2] ?? 0]! << 6) | SIX_BITS[text[i + 3] ?? 0]!;
    out[at++] = bits >> 16;
    if (at < out.length) out[at++] = bits >> 8;
    if (at < out.length) out[at++] = bits;
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

/** `=` */
const PAD = 0x3d;
