/** What is remembered of a str is that str's, whichever was asked about before. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesUnlessAscii } from '../../src/values/byte-view.ts';
import { isAscii, toBytes } from '../../src/values/str.ts';

test('bytes of strs, in any order', () => {
  const text = fc.string({ minLength: 0, maxLength: 90, unit: fc.constantFrom('a', 'b', 'a', 'a', 'é', '😀', '\udc80') });
  fc.assert(fc.property(fc.array(text, { minLength: 1, maxLength: 6 }), fc.array(fc.nat(5), { maxLength: 20 }), (texts, order) => {
    for (const i of order) {
      const asked = texts[i % texts.length]!;
      // Put together anew: equal strs need not be the same.
      const same = [...asked].join('');
      for (const one of [asked, same, `${'a'.repeat(70)}${asked}`]) expect(bytesUnlessAscii(one)).toEqual(isAscii(one) ? null : toBytes(one));
    }
  }), { seed: 9, numRuns: 300 });
});
