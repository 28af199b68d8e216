import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeBase64, encodeBase64 } from '../../src/values/base64.ts';

const decode = (text: string): string => Buffer.from(decodeBase64(Buffer.from(text, 'latin1'))).toString('hex');

test('any bytes come back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40_000 }), bytes => {
      expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
      expect(Buffer.compare(decodeBase64(Buffer.from(encodeBase64(bytes))), bytes)).toBe(0);
    }),
    { seed: 1905, numRuns: 200 },
  );
});

test('anything is decoded, as ThingsDB does', () => {
  const cases: [string, string][] = [
    ['Zg', '66'], ['Zm=', '66'], ['Z=', '64'], ['==', '00'], ['===', '00'], ['====', '00'], ['Z===', '64'], ['Zm=v', '66602f'], ['Zg==Zg==', '66000066'],
    ['****', '000000'], ['-_-_', 'fbffbf'], ['Zm9vZ', '666f6f'], ['Z', ''], ['', ''],
  ];
  for (const [text, hex] of cases) expect(decode(text), text).toBe(hex);
});

test('decoding is six bits a character, cut to whole bytes and by padding', () => {
  const characters = fc.array(fc.oneof(fc.constantFrom(...Buffer.from('==AZaz09+/-_')), fc.nat(255)), { maxLength: 20 });
  fc.assert(
    fc.property(characters, text => {
      const bits = text.map(byte => sixBits(String.fromCharCode(byte)).toString(2).padStart(6, '0')).join('');
      const pads = text.length % 4 > 2 || (text.length % 4 === 0 && text.length > 0) ? padding(text, text.length % 4 === 0 ? 2 : 1) : 0;
      const length = Math.floor(bits.length / 8) - pads;
      const decoded = [...decodeBase64(Uint8Array.from(text))].map(byte => byte.toString(2).padStart(8, '0')).join('');
      expect(decoded).toBe(bits.slice(0, length * 8));
    }),
    { seed: 20_261_126, numRuns: 1000 },
  );
});

/** What a character stands for; 0 when it is of neither alphabet. */
function sixBits(character: string): number {
  const standard = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  return Math.max(0, standard.indexOf(character), standard.replace('+/', '-_').indexOf(character));
}

/** How many of the last `max` characters pad, without a gap. */
function padding(text: readonly number[], max: number): number {
  const pad = '='.charCodeAt(0);
  return text.at(-1) !== pad ? 0 : max > 1 && text.at(-2) === pad ? 2 : 1;
}
