/** Bytes as strs may hold them: ASCII, whole characters of all lengths, pieces of characters, coded surrogates, nothing. */
import fc from 'fast-check';

const utf8 = (text: string): Uint8Array => Buffer.from(text);

export const anyBytes: fc.Arbitrary<Uint8Array> = fc
  .array(
    fc.oneof(
      fc.stringMatching(/^[a-zA-Z \t0-9$]{0,24}$/).map(utf8),
      fc.constantFrom('a', ' ', '\0', '\x7f', 'é', '€', '日本', '\ufeff', '\uffff', '😀').map(utf8),
      fc.uint8Array({ maxLength: 4 }),
      fc.constantFrom([0xed, 0xa0, 0x80], [0xf0, 0x9f], [0x98, 0x80], [0xc3], [0xa9], [0xe2, 0x82], [0xac]).map(bytes => Uint8Array.from(bytes)),
    ),
    { maxLength: 8 },
  )
  .map(parts => Uint8Array.from(Buffer.concat(parts)));
