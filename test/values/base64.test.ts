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
