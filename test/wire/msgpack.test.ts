import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ERR } from '../../src/errors/codes.ts';
import { QueryError } from '../../src/errors/query-error.ts';
import { fromBytes } from '../../src/values/str.ts';
import { KIND, Reader, Writer } from '../../src/wire/msgpack.ts';

const SEED = { seed: 20260101, numRuns: 300 };

function write(use: (out: Writer) => void, room = 1): Uint8Array {
  const out = new Writer(room);
  use(out);
  return out.copy();
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const unhex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

function codeOf(run: () => unknown): number {
  try {
    run();
  } catch (error) {
    if (error instanceof QueryError) return error.code;
    throw error;
  }
  return 0;
}

describe('ints have the bytes that ThingsDB gives them', () => {
  // Recorded from the real server.
  test.each([
    [0, '00'], [127, '7f'], [128, 'cc80'], [255, 'ccff'], [256, 'cd0100'], [65535, 'cdffff'], [65536, 'ce00010000'],
    [4294967295, 'ceffffffff'], [1099511627776, 'cf0000010000000000'], [Number.MAX_SAFE_INTEGER, 'cf001fffffffffffff'],
    [9223372036854775807n, 'cf7fffffffffffffff'], [-1, 'ff'], [-32, 'e0'], [-33, 'd0df'], [-128, 'd080'], [-129, 'd1ff7f'],
    [-32769, 'd2ffff7fff'], [-2147483648, 'd280000000'], [-2147483649, 'd3ffffffff7fffffff'], [-1099511627776, 'd3ffffff0000000000'],
    [Number.MIN_SAFE_INTEGER, 'd3ffe0000000000001'], [-9223372036854775808n, 'd38000000000000000'], [5n, '05'], [-(2n ** 53n), 'd3ffe0000000000000'],
  ])('%s', (value, bytes) => {
    expect(hex(write((out) => out.int(value)))).toBe(bytes);
    const read = new Reader(unhex(bytes)).int();
    expect(BigInt(read)).toBe(BigInt(value));
    // A bigint exactly when it is no safe number.
    expect(typeof read).toBe(Number.isSafeInteger(Number(value)) ? 'number' : 'bigint');
  });
});

test('any int64 survives', () => {
  fc.assert(
    fc.property(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), (value) => {
      const bytes = write((out) => out.int(value));
      expect(BigInt(new Reader(bytes).int())).toBe(value);
      if (Number.isSafeInteger(Number(value))) expect(hex(write((out) => out.int(Number(value))))).toBe(hex(bytes));
    }),
    SEED,
  );
});

test('an unsigned int beyond int64 is an overflow_err', () => {
  expect(codeOf(() => new Reader(unhex('cf8000000000000000')).int())).toBe(ERR.overflow);
});

test('an unboxed float is a mistake of ours', () => {
  expect(() => write((out) => out.int(2 ** 70))).toThrow('bigint');
});

describe('strs', () => {
  test.each([0, 1, 31, 32, 33, 255, 256, 65535, 65536, 200_000])('of %i ASCII characters', (n) => {
    const text = 'a'.repeat(n);
    const bytes = write((out) => out.str(text));
    expect(bytes.length).toBe(n + (n < 32 ? 1 : n < 256 ? 2 : n < 65536 ? 3 : 5));
    expect(new Reader(bytes).str()).toBe(text);
  });

  test.each([1, 10, 15, 16, 31, 32, 127, 128, 21845, 32767, 32768, 65535, 65536])('of %i characters of two bytes', (n) => {
    const text = 'é'.repeat(n);
    const bytes = write((out) => out.str(text));
    expect(bytes.length).toBe(2 * n + (2 * n < 32 ? 1 : 2 * n < 256 ? 2 : 2 * n < 65536 ? 3 : 5));
    expect(new Reader(bytes).str()).toBe(text);
  });

  test('bytes that are no UTF-8 survive', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (data) => {
        const text = fromBytes(data);
        const bytes = write((out) => out.str(text));
        expect(hex(bytes)).toBe(hex(write((out) => out.strBytes(data))));
        expect(new Reader(bytes).str()).toBe(text);
      }),
      SEED,
    );
  });

  test('characters of all planes survive', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        expect(new Reader(write((out) => out.str(text))).str()).toBe(text);
      }),
      SEED,
    );
  });

  test('a short one that follows another with the same place in the cache is itself', () => {
    const out = new Writer();
    for (let i = 0; i < 5000; i++) out.str(`name${i}`);
    const reader = new Reader(out.copy());
    for (let i = 0; i < 5000; i++) expect(reader.str()).toBe(`name${i}`);
  });
});

test('floats keep their bits', () => {
  fc.assert(
    fc.property(fc.double(), (value) => {
      expect(new Reader(write((out) => out.float(value))).float()).toBe(value);
    }),
    SEED,
  );
  expect(new Reader(unhex('ca3f800000')).float()).toBe(1);
});

test.each([0, 1, 255, 256, 65535, 65536])('bytes of length %i survive, and are a copy', (n) => {
  const packed = write((out) => out.bin(new Uint8Array(n).fill(7)));
  const data = new Reader(packed).bin();
  packed.fill(0);
  expect(data).toEqual(new Uint8Array(n).fill(7));
});

test.each([0, 1, 2, 3, 4, 8, 16, 17, 255, 256, 65536])('an extension of %i bytes survives', (n) => {
  const data = new Uint8Array(n).fill(9);
  expect(new Reader(write((out) => out.ext(5, data))).ext()).toEqual({ type: 5, data });
});

test.each([0, 15, 16, 65535, 65536])('headers of %i items', (n) => {
  const items = new Uint8Array(2 * n).fill(0xc0);
  expect(new Reader(write((out) => (out.array(n), out.raw(items)))).array()).toBe(n);
  expect(new Reader(write((out) => (out.map(n), out.raw(items)))).map()).toBe(n);
});

test('a length beyond the input is refused before anything is made of it', () => {
  for (const bytes of ['ddffffffff', 'dfffffffff', 'dbffffffff', 'c6ffffffff', 'c9ffffffff05', 'dc0005c0', 'd9'])
    expect(codeOf(() => new Reader(unhex(bytes)).skip())).toBe(ERR.badData);
});

test('skip passes over one item of any kind and any depth', () => {
  const out = new Writer();
  out.map(3);
  out.str('a');
  out.array(3);
  out.int(-5000);
  out.float(1.5);
  out.bin(new Uint8Array(300));
  out.str('b');
  out.ext(3, new Uint8Array(8));
  out.str('c');
  for (let i = 0; i < 100_000; i++) out.array(1);
  out.nil();
  const end = out.pos;
  out.bool(true);
  const reader = new Reader(out.copy());
  reader.skip();
  expect(reader.pos).toBe(end);
  expect(reader.bool()).toBe(true);
  expect(reader.atEnd).toBe(true);
});

test('whatever the bytes, only a QueryError comes of them', () => {
  const calls = ['nil', 'bool', 'int', 'float', 'str', 'bin', 'array', 'map', 'ext', 'skip', 'kind', 'safeInt'] as const;
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 24 }), (bytes) => {
      for (const call of calls) {
        const code = codeOf(() => new Reader(bytes)[call]());
        expect([0, ERR.badData, ERR.overflow]).toContain(code);
      }
    }),
    { ...SEED, numRuns: 2000 },
  );
});

test('a reader stays within its part of a buffer', () => {
  const bytes = unhex('0102a3616263c0');
  const reader = new Reader(bytes, 2, 5);
  expect(codeOf(() => reader.str())).toBe(ERR.badData);
  expect(reader.over(bytes, 2, 6).str()).toBe('abc');
  expect(reader.atEnd).toBe(true);
  expect(reader.over(unhex('05').subarray(0), 0, 1).int()).toBe(5);
});

test('a writer grows, is used again, and stops at its bound', () => {
  const out = new Writer(1, 10_000);
  for (let i = 0; i < 100; i++) out.str('0123456789');
  const first = out.copy();
  expect(first.length).toBe(1100);
  out.reset();
  expect(out.pos).toBe(0);
  expect(codeOf(() => out.raw(new Uint8Array(10_001)))).toBe(ERR.resultTooLarge);
  out.nil();
  const given = out.detach();
  out.bool(true);
  expect(hex(given)).toBe('c0');
});

test('kind tells what is next', () => {
  const kinds = ['c0', 'c2', '05', 'e5', 'cc', 'd3', 'cb', 'a0', 'd9', 'c4', '90', 'dc', '80', 'df', 'd4', 'c9', 'c1'].map((head) => new Reader(unhex(head)).kind());
  const { nil, bool, int, float, str, bin, array, map, ext, invalid } = KIND;
  expect(kinds).toEqual([nil, bool, int, int, int, int, float, str, str, bin, array, array, map, map, ext, ext, invalid]);
});
