/** Strs byte by byte, for those who pick out a few. */
import { isAscii, toBytes } from './str.ts';

/** Characters from which on a str is remembered, and up to which. */
const LONG = 64;
const KEPT = 1 << 22;

// A cache, not state: programs go through one str index by index, and to look at all of it each time takes its square.
let known: { readonly text: string; readonly bytes: Uint8Array | null } = { text: '', bytes: null };

/** The bytes of a str; null where each is a character, so that the str itself does as well. */
export function bytesUnlessAscii(text: string): Uint8Array | null {
  if (text.length < LONG) return look(text);
  if (known.text === text) return known.bytes;
  const bytes = look(text);
  if (text.length <= KEPT) known = { text, bytes };
  return bytes;
}

const look = (text: string): Uint8Array | null => (isAscii(text) ? null : toBytes(text));
