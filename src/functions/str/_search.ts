/**
 * Finding a str in a str, as bytes. Where the one that is sought is whole characters, its places among UTF-16
 * units are exactly those among bytes. A piece of a character (`'é'[0]`) is also found within a whole one, so
 * then both are taken byte by byte.
 */
import { fromBytes, isUtf8, toBytes } from '../../values/str.ts';

/** A subject and what is sought in it, in a form in which positions fit together; `text` brings a part back. */
export interface Search {
  readonly subject: string;
  readonly sought: string;
  readonly text: (part: string) => string;
  /** True when each unit of `subject` is one byte. */
  readonly bytes: boolean;
}

export function searchIn(subject: string, sought: string): Search {
  if (isUtf8(sought)) return { subject, sought, text: itself, bytes: false };
  return { subject: oneByteUnits(subject), sought: oneByteUnits(sought), text: fromOneByteUnits, bytes: true };
}

const itself = (part: string): string => part;

/** Each byte as one unit U+0000 … U+00FF. */
function oneByteUnits(text: string): string {
  const bytes = toBytes(text);
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += CHUNK) parts.push(String.fromCharCode(...bytes.subarray(i, i + CHUNK)));
  return parts.join('');
}

const CHUNK = 4096;

function fromOneByteUnits(part: string): string {
  const bytes = new Uint8Array(part.length);
  for (let i = 0; i < part.length; i++) bytes[i] = part.charCodeAt(i);
  return fromBytes(bytes);
}

/** Where `sought` stands, from left to right without overlap, at most `max` times. */
export function* places({ subject, sought }: Search, max: number): Generator<number, void> {
  for (let n = 0, at = 0; n < max; n++, at += sought.length) {
    at = subject.indexOf(sought, at);
    if (at < 0) return;
    yield at;
  }
}

/** The same from the right, still listed from left to right. */
export function placesFromRight({ subject, sought }: Search, max: number): number[] {
  const found: number[] = [];
  for (let at = subject.length; found.length < max; ) {
    at -= sought.length;
    if (at < 0) break;
    at = subject.lastIndexOf(sought, at);
    if (at < 0) break;
    found.push(at);
  }
  return found.reverse();
}
