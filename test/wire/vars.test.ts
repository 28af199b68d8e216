import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ERR } from '../../src/errors/codes.ts';
import { QueryError, lookupErr } from '../../src/errors/query-error.ts';
import { emptyShape } from '../../src/values/shape.ts';
import { Bytes, DateTime, Float, float, List, MpData, Room, Task, Thing, TAG_NAMES, tagOf, type Value } from '../../src/values/value.ts';
import { Reader, Writer } from '../../src/wire/msgpack.ts';
import { packPlain } from '../../src/wire/pack-plain.ts';
import { plainArgs, plainValue, plainVars, readArgs, readValue, readVars, type VarsContext } from '../../src/wire/vars.ts';

const STORED = new Thing(emptyShape());
STORED.id = 8;

const CONTEXT: VarsContext = {
  thing: (id) => (id === 8 ? STORED : null),
  room: () => null,
  task: () => null,
  regex: (text) => `regex ${text}`,
  closure(text) {
    if (text === '|') throw lookupErr('node is not a closure');
    return `closure ${text}`;
  },
  anonymous: (definition) => definition.count,
};

const packed = (use: (out: Writer) => void): Reader => {
  const out = new Writer();
  use(out);
  return new Reader(out.copy());
};

/** The message of the error, with its code. */
function failure(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof QueryError) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'no error';
}

const vars = (value: unknown): Map<string, Value> => readVars(packed((out) => packPlain(out, value)), CONTEXT);
const kinds = (value: Value): string => TAG_NAMES[tagOf(value)]!;

describe('variables', () => {
  test('of each kind', () => {
    const reader = packed((out) => {
      out.map(6);
      out.str('a');
      out.nil();
      out.str('b');
      out.bool(true);
      out.str('c');
      out.int(-7);
      out.str('d');
      out.float(2.5);
      out.str('e');
      out.bin(new Uint8Array([0, 1, 2]));
      out.str('f');
      out.int(9223372036854775807n);
    });
    const read = readVars(reader, CONTEXT);
    expect([...read.keys()]).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect([...read.values()]).toEqual([null, true, -7, new Float(2.5), new Bytes(new Uint8Array([0, 1, 2])), 9223372036854775807n]);
  });

  test('a list in a list is a tuple, in a thing a list of that thing', () => {
    const read = vars({ l: [1, [2], { m: [] }], t: { l: [1] } });
    const list = read.get('l') as List;
    const [, tuple, thing] = list.items as [Value, Value, Thing];
    expect([list, tuple, thing, thing.valueAt(0)].map(kinds)).toEqual(['list', 'tuple', 'thing', 'list']);
    const inner = (read.get('t') as Thing).valueAt(0) as List;
    expect(inner.owner).toBe(read.get('t'));
    expect(inner.key).toBe('l');
  });

  test('a thing with a key that is no name is a dictionary', () => {
    const thing = vars({ t: { b: 1, 'a b': 2, a: 3 } }).get('t') as Thing;
    expect(thing.shape.dict).toBe(true);
    expect(thing.shape.order()!.map((i) => thing.shape.keys[i])).toEqual(['a', 'a b', 'b']);
    expect((vars({ t: { b: 1, a: 2 } }).get('t') as Thing).shape).toBe((vars({ t: { b: 3, a: 4 } }).get('t') as Thing).shape);
    expect((vars({ t: { '': 1 } }).get('t') as Thing).shape.find('')).toBe(0);
  });

  test('of two equal keys the last one counts', () => {
    const reader = packed((out) => {
      out.map(2);
      out.str('b');
      out.int(1);
      out.str('b');
      out.map(2);
      out.str('x');
      out.int(1);
      out.str('x');
      out.int(2);
    });
    expect((readVars(reader, CONTEXT).get('b') as Thing).toValues()).toEqual([2]);
  });

  test.each([[null], [[1, 2]], ['text'], [5]])('that are no map are ignored: %j', (value) => {
    expect(vars(value).size).toBe(0);
  });

  const NAMING = `${ERR.value} each argument name in a \`query\` request must follow the naming rules`;
  test.each([
    [{ '9x': 1 }, NAMING],
    [{ '': 1 }, NAMING],
    [{ 'a-b': 1 }, NAMING],
    [{ é: 1 }, NAMING],
    [{ ['v'.repeat(256)]: 1 }, NAMING],
    [{ ['v'.repeat(255)]: 1 }, 'no error'],
    [{ _: 1 }, 'no error'],
    [{ t: { '#': 1 } }, `${ERR.value} property \`#\` is reserved (in argument \`t\`)`],
    [{ t: { ' ': 1 } }, `${ERR.value} property \` \` is reserved (in argument \`t\`)`],
    [{ d: [{ "'": [1, 2] }] }, `${ERR.value} property \`'\` is reserved (in argument \`d\`)`],
    [{ t: { '0': 1 } }, 'no error'],
    [{ t: { '##': 1 } }, 'no error'],
  ])('%j', (value, wanted) => {
    expect(failure(() => vars(value))).toBe(wanted);
  });

  test.each([
    // Bytes and answers as recorded from the real server; those for broken MessagePack are ours.
    ['81a161cf8000000000000000', `${ERR.overflow} integer overflow (in argument \`a\`)`],
    ['8101c0', NAMING],
    ['81a16181' + '01c0', `${ERR.type} property names must be of type \`str\` (in argument \`a\`)`],
    ['81a162' + '81a2fffe01', `${ERR.value} properties must have valid UTF-8 encoding (in argument \`b\`)`],
    ['81a162' + 'd50961' + '62', `${ERR.badData} msgpack extension type 9 is not supported by ThingsDB (in argument \`b\`)`],
    ['81a162' + 'd403' + '61', `${ERR.badData} expecting a room type of size 8 but got 1 (in argument \`b\`)`],
    ['81a162' + 'd405' + '61', `${ERR.badData} expecting a thing id of size 8 but got 1 (in argument \`b\`)`],
    ['81a162' + 'd705' + '0000000000000009', `${ERR.lookup} cannot unpack find \`thing\` with id 9 (in argument \`b\`)`],
    ['81a162' + 'd402' + '7c', `${ERR.lookup} node is not a closure (in argument \`b\`)`],
    ['81a162' + 'd400' + '93', `${ERR.badData} unable to unpack; unexpected end of data (in argument \`b\`)`],
    ['81a162' + 'd500' + '0102', `${ERR.badData} unable to unpack; extra data after mpdata (in argument \`b\`)`],
    ['81a162', `${ERR.badData} unable to unpack; unexpected end of data (in argument \`b\`)`],
    ['81a162' + '92' + '01', `${ERR.badData} unable to unpack; unexpected end of data (in argument \`b\`)`],
    ['81a162c1', `${ERR.badData} unable to unpack; invalid data (in argument \`b\`)`],
  ])('%s', (bytes, wanted) => {
    expect(failure(() => readVars(new Reader(Uint8Array.from(Buffer.from(bytes, 'hex'))), CONTEXT))).toBe(wanted);
  });

  test('extensions', () => {
    const ext = (type: number, data: string | number[]): Value => readValue(packed((out) => out.ext(type, typeof data === 'string' ? Buffer.from(data) : Uint8Array.from(data))), CONTEXT);
    expect(ext(0, [0x91, 1])).toEqual(new MpData(new Uint8Array([0x91, 1])));
    expect(ext(1, '/ab/i')).toBe('regex /ab/i');
    expect(ext(2, '|x| x')).toBe('closure |x| x');
    expect(ext(3, [0, 0, 0, 0, 0, 0, 0, 9])).toEqual(new Room());
    expect(ext(4, [0, 0, 0, 0, 0, 0, 0, 9])).toEqual(new Task(0));
    expect(ext(5, [0, 0, 0, 0, 0, 0, 0, 8])).toBe(STORED);
    expect(ext(6, 'name')).toBe('name');
    expect(ext(7, [0x81, 0xa1, 0x61, 0xa3, 0x69, 0x6e, 0x74])).toBe(1);
  });

  test('nested without end are an error, not a crash', () => {
    const deep = (head: number[]): Reader => new Reader(Uint8Array.from([0x81, 0xa1, 0x62, ...Array.from({ length: 50_000 }, () => head).flat(), 1]));
    expect(failure(() => readVars(deep([0x91]), CONTEXT))).toBe(`${ERR.badData} nested too deep (in argument \`b\`)`);
    expect(failure(() => readVars(deep([0x81, 0xa1, 0x61]), CONTEXT))).toBe(`${ERR.badData} nested too deep (in argument \`b\`)`);
  });

  test('whatever the bytes, only a QueryError comes of them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        failure(() => readVars(new Reader(Uint8Array.from([0x82, 0xa1, 0x61, ...bytes])), CONTEXT));
      }),
      { seed: 7, numRuns: 2000 },
    );
  });
});

describe('arguments of a procedure', () => {
  const args = (value: unknown): Value[] => readArgs(packed((out) => packPlain(out, value)), 'p', ['a', 'b'], CONTEXT);
  test('by position, by name, or none', () => {
    expect(readArgs(null, 'p', ['a', 'b'], CONTEXT)).toEqual([null, null]);
    expect(args(null)).toEqual([null, null]);
    expect(args([1])).toEqual([1, null]);
    expect(args([1, 2, 3])).toEqual([1, 2]);
    expect(args({ b: 1, zz: { '#': 1 } })).toEqual([null, 1]);
    expect(args({ 'a b': 1 })).toEqual([null, null]);
  });

  test.each([
    [5, `${ERR.badData} run expects arguments to be of type map or array; no arguments (or nil) is also accepted as a valid request`],
    ['s', `${ERR.badData} run expects arguments to be of type map or array; no arguments (or nil) is also accepted as a valid request`],
    [[{ '#': 1 }], `${ERR.value} property \`#\` is reserved (argument 0 for procedure \`p\`)`],
    [{ a: { '#': 1 } }, `${ERR.value} property \`#\` is reserved (argument \`a\` for procedure \`p\`)`],
  ])('%j', (value, wanted) => {
    expect(failure(() => args(value))).toBe(wanted);
    expect(failure(() => plainArgs(value, 'p', ['a', 'b'], CONTEXT))).toBe(wanted);
  });

  test('from plain values', () => {
    expect(plainArgs([1], 'p', ['a', 'b'], CONTEXT)).toEqual([1, null]);
    expect(plainArgs({ b: 2 }, 'p', ['a', 'b'], CONTEXT)).toEqual([null, 2]);
    expect(plainArgs(undefined, 'p', ['a', 'b'], CONTEXT)).toEqual([null, null]);
  });
});

describe('plain values', () => {
  const one = (value: unknown): Value => plainValue(value, CONTEXT);
  test.each([
    [1, 1], [-0, 0], [1.5, new Float(1.5)], [1e20, new Float(1e20)], [Infinity, new Float(Infinity)], [5n, 5], [2n ** 60n, 2n ** 60n], [null, null], [undefined, null],
    [true, true], ['é', 'é'], [new Uint8Array([1]), new Bytes(new Uint8Array([1]))], [new Date(1500), new DateTime(1, 0, 'UTC', false)], [/a\/b/i, 'regex /a\\/b/i'],
    [float(1), new Float(1)],
  ])('%s', (value, wanted) => {
    const made = one(value);
    expect(made).toEqual(wanted);
    expect(Object.is(made, -0)).toBe(false);
  });

  test('arrays, objects and maps', () => {
    const list = one([1, [2], { a: [3] }]) as List;
    expect(list.items.map(kinds)).toEqual(['int', 'tuple', 'thing']);
    expect((one(new Map([['a b', 1]])) as Thing).shape.dict).toBe(true);
    expect((one({ a: undefined, b: 1 }) as Thing).shape.keys).toEqual(['b']);
  });

  test('halves of characters are replaced, bytes that are no UTF-8 kept', () => {
    expect(one('a\ud800b')).toBe('a\ufffdb');
    expect(one('a\udfffb')).toBe('a\ufffdb');
    expect(one('a\udcffb')).toBe('a\udcffb');
    // Two bytes that are a character together.
    expect(one('\udcc3\udca9')).toBe('é');
  });

  const ring: unknown[] = [];
  ring.push(ring);
  test.each([
    [{ a: 2n ** 63n }, `${ERR.overflow} integer overflow (in argument \`a\`)`],
    [{ a: () => 1 }, `${ERR.type} a JavaScript function has no such value (in argument \`a\`)`],
    [{ a: ring }, `${ERR.badData} nested too deep (in argument \`a\`)`],
    [{ a: { '#': 1 } }, `${ERR.value} property \`#\` is reserved (in argument \`a\`)`],
    [{ 'a b': 1 }, `${ERR.value} each argument name in a \`query\` request must follow the naming rules`],
  ])('refused %#', (value, wanted) => {
    expect(failure(() => plainVars(value, CONTEXT))).toBe(wanted);
  });
});
