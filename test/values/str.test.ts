/** Strs are bytes: what is answered of them without a look at the bytes is what the bytes would say. */
import { isAscii as isAsciiBytes, isUtf8 as isUtf8Bytes } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byteLength, canonical, compareStr, concat, fromBytes, isAscii, isUtf8, sliceBytes, toBytes } from '../../src/values/str.ts';
import { anyBytes } from './any-bytes.ts';

const hex = (text: string): string => Buffer.from(toBytes(text)).toString('hex');

test('bytes come back, and are counted and told apart as they are', () => {
  fc.assert(
    fc.property(anyBytes, bytes => {
      const text = fromBytes(bytes);
      expect(hex(text)).toBe(Buffer.from(bytes).toString('hex'));
      expect(byteLength(text)).toBe(bytes.length);
      expect(isAscii(text)).toBe(isAsciiBytes(bytes));
      expect(isUtf8(text)).toBe(isUtf8Bytes(bytes));
      expect(canonical(text)).toBe(text);
    }),
    { seed: 20_261_122, numRuns: 2000 },
  );
});

test('a platform without isWellFormed tells the same', () => {
  const native = Object.getOwnPropertyDescriptor(String.prototype, 'isWellFormed')!;
  delete String.prototype.isWellFormed;
  try {
    fc.assert(
      fc.property(anyBytes, bytes => isUtf8(fromBytes(bytes)) === isUtf8Bytes(bytes)),
      { seed: 20_261_123, numRuns: 300 },
    );
  } finally {
    Object.defineProperty(String.prototype, 'isWellFormed', native);
  }
});

test('slices, joins and order are those of the bytes', () => {
  fc.assert(
    fc.property(anyBytes, anyBytes, fc.nat(), fc.nat(), (a, b, x, y) => {
      const [from, to] = [x % (a.length + 1), y % (a.length + 1)].sort((m, n) => m - n) as [number, number];
      expect(hex(sliceBytes(fromBytes(a), from, to))).toBe(Buffer.from(a.subarray(from, to)).toString('hex'));
      expect(concat(fromBytes(a), fromBytes(b))).toBe(fromBytes(Buffer.concat([a, b])));
      expect(Math.sign(compareStr(fromBytes(a), fromBytes(b)))).toBe(Buffer.compare(a, b));
      // Strs that begin alike.
      expect(Math.sign(compareStr(concat(fromBytes(a), 'x'), concat(fromBytes(a), fromBytes(b))))).toBe(Buffer.compare(Buffer.concat([a, Buffer.from('x')]), Buffer.concat([a, b])));
    }),
    { seed: 20_261_124, numRuns: 1000 },
  );
});
