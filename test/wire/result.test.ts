import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ERR } from '../../src/errors/codes.ts';
import { QueryError } from '../../src/errors/query-error.ts';
import { Shape, emptyShape } from '../../src/values/shape.ts';
import { Type, TYPE_FLAG } from '../../src/values/type.ts';
import { Enum } from '../../src/values/enum.ts';
import {
  Anonymous, Bytes, Closure, DateTime, ErrorValue, float, Future, List, Member, Module, MpData, Regex, Room, Task, Thing, ThingSet, Wrap, type Value,
} from '../../src/values/value.ts';
import { JsonSink } from '../../src/wire/json.ts';
import { Reader, Writer } from '../../src/wire/msgpack.ts';
import { PlainSink } from '../../src/wire/plain.ts';
import { replay } from '../../src/wire/replay.ts';
import { NO_IDS, pack, type PackContext } from '../../src/wire/result.ts';

const CONTEXT: PackContext = {
  deep: 1,
  flags: 0,
  resultLimit: 1_000_000,
  isoText: () => '1970-01-01T00:00:00Z',
  taskText: (task) => (task.id === 0 ? 'task:nil' : `<task:${task.id}>`),
  wrapped(wrap, deep, flags, entry) {
    // Fields that the thing has, as a type of `any`s would show.
    for (const key of wrap.type.shape.keys) {
      const i = wrap.thing.shape.find(key);
      if (i >= 0) entry(key, wrap.thing.valueAt(i), deep - 1, flags, null);
    }
  },
};

function thing(id: number, fields: Record<string, Value> = {}): Thing {
  let shape = emptyShape();
  for (const key of Object.keys(fields)) shape = shape.with(key);
  const made = new Thing(shape, Object.values(fields));
  made.id = id;
  return made;
}

function typed(type: Type, id: number, values: Value[]): Thing {
  const made = new Thing(type.shape, values);
  made.id = id;
  return made;
}

function type(name: string, keys: string[], idName: string | null = null, flags = 0): Type {
  const made = new Type(0, name, 0);
  made.shape = new Shape([...keys], true, false, made);
  made.idName = idName;
  made.flags = flags;
  return made;
}

/** The answer as plain values; its MessagePack and its JSON, where there is one, are compared with it on the way. */
function answer(value: Value, options: Partial<PackContext> = {}): unknown {
  const context = { ...CONTEXT, ...options };
  const plain = new PlainSink();
  pack(value, plain, context);
  const out = new Writer();
  pack(value, out, context);
  const again = new PlainSink();
  replay(new Reader(out.copy()), again);
  expect(again.result).toEqual(plain.result);
  return plain.result;
}

const bytes = (value: Value, options: Partial<PackContext> = {}): string => {
  const out = new Writer();
  pack(value, out, { ...CONTEXT, ...options });
  return Buffer.from(out.copy()).toString('hex');
};

const json = (value: Value): string => {
  const sink = new JsonSink();
  pack(value, sink, CONTEXT);
  return sink.text;
};

describe('depth', () => {
  test('each step into a thing takes one, lists and sets take none', () => {
    const inner = thing(0, { b: 1 });
    expect(answer(thing(0, { a: inner }))).toEqual({ a: {} });
    expect(answer(thing(0, { a: inner }), { deep: 2 })).toEqual({ a: { b: 1 } });
    expect(answer(thing(0, { a: new ThingSet(new Set([inner])) }), { deep: 2 })).toEqual({ a: [{ b: 1 }] });
    expect(answer(new List([new List([inner], true)]))).toEqual([[{ b: 1 }]]);
  });

  test('at depth 0 a thing shows its id alone, and nothing when it is not stored', () => {
    expect(answer(thing(6, { a: 1 }), { deep: 0 })).toEqual({ '#': 6 });
    expect(answer(thing(0, { a: 1 }), { deep: 0 })).toEqual({});
    expect(answer(new List([thing(6, { a: 1 })]), { deep: 0 })).toEqual([{ '#': 6 }]);
    expect(answer(thing(6, { a: 1 }), { deep: 0, flags: NO_IDS })).toEqual({});
  });
});

describe('ids', () => {
  test('come first', () => {
    expect(bytes(thing(3, { x: 1 }))).toBe('82a12303a17801');
  });

  test('are left out with NO_IDS', () => {
    const a = thing(7, { n: 0 });
    expect(answer(new List([a, a]), { flags: NO_IDS })).toEqual([{ n: 0 }, { n: 0 }]);
  });

  test('have the name that the type gave them, hidden or not at depth 0', () => {
    const named = typed(type('T', ['n'], 'id'), 8, [0]);
    expect(bytes(named)).toBe('82a2696408a16e00');
    expect(answer(named, { deep: 0 })).toEqual({ id: 8 });
    const hidden = typed(type('H', ['n'], null, TYPE_FLAG.hideId), 5, [null]);
    expect(answer(hidden)).toEqual({ n: null });
    expect(answer(hidden, { deep: 0 })).toEqual({ '#': 5 });
  });
});

test('a thing that is being packed higher up shows its id, or nothing', () => {
  const ring = thing(10, { l: null });
  ring.setValueAt(0, new List([ring, new List([ring], true)]));
  expect(answer(ring, { deep: 7 })).toEqual({ '#': 10, l: [{ '#': 10 }, [{ '#': 10 }]] });
  const free = thing(0, { a: null });
  free.setValueAt(0, free);
  expect(answer(free, { deep: 9 })).toEqual({ a: {} });
  // Beside each other is no ring.
  const twice = thing(4, { n: 1 });
  expect(answer(new List([twice, twice]))).toEqual([{ '#': 4, n: 1 }, { '#': 4, n: 1 }]);
});

test('a dictionary is listed in byte order', () => {
  const dict = thing(0);
  const shape = emptyShape().own();
  shape.makeDict();
  dict.shape = shape.with('b').with('a b').with('a');
  dict.setValues([1, 2, 3]);
  expect(Object.keys(answer(dict) as object)).toEqual(['a', 'a b', 'b']);
});

describe('wraps', () => {
  const t = typed(type('T', ['n', 'm'], 'id'), 2, [0, 1]);
  test('show the fields of the wrapping type, with its name for the id', () => {
    expect(answer(new Wrap(t, type('W', ['n'], 'key')))).toEqual({ key: 2, n: 0 });
    expect(answer(new Wrap(t, type('W', ['n'])))).toEqual({ '#': 2, n: 0 });
    expect(answer(new Wrap(t, type('W', ['n'], 'key', TYPE_FLAG.hideId)))).toEqual({ n: 0 });
    expect(answer(new Wrap(t, type('W', ['n'], 'key')), { flags: NO_IDS })).toEqual({ n: 0 });
  });

  test('show at depth 0 what the thing itself would', () => {
    expect(answer(new Wrap(t, type('W', ['n'], 'key', TYPE_FLAG.hideId)), { deep: 0 })).toEqual({ id: 2 });
  });

  test('of a thing that is being packed end the ring', () => {
    const ring = thing(3, { me: null });
    ring.setValueAt(0, new Wrap(ring, type('W', ['me'])));
    expect(answer(new Wrap(ring, type('W', ['me'])), { deep: 9 })).toEqual({ '#': 3, me: { '#': 3 } });
  });
});

test('all other values', () => {
  const room = new Room(5);
  const member = new Member(new Enum(0, 'E', 0), 'A', thing(3, { x: 1 }));
  const future = new Future([], false);
  future.result = 'done';
  const anonymous = new Anonymous(type('<anonymous>', []), thing(0, { a: 'int', b: thing(0, { c: 'str' }) }));
  const values: [Value, unknown][] = [
    [null, null], [true, true], [42, 42], [2n ** 60n, 2n ** 60n], [float(1.5), 1.5], ['str', 'str'], [new Bytes(new Uint8Array([1])), new Uint8Array([1])],
    [new MpData(new Uint8Array([0x92, 1, 0xc0])), [1, null]], [new Regex('a/b', 'i'), '/a/b/i'], [new Closure('|x| x', '', null, false), '|x| x'],
    [new ErrorValue(-54, 'not found'), 'not found'], [new DateTime(0, 0, 'UTC', false), '1970-01-01T00:00:00Z'], [new DateTime(77, 0, 'UTC', true), 77],
    [room, 'room:5'], [new Room(), 'room:nil'], [new Task(0), 'task:nil'], [new Task(9), '<task:9>'], [member, { '#': 3, x: 1 }],
    [future, 'done'], [new Module('m'), null], [anonymous, { a: 'int', b: { c: 'str' } }],
  ];
  for (const [value, wanted] of values) expect(answer(value)).toEqual(wanted);
  expect(answer(new List(values.map(([value]) => value)))).toEqual(values.map(([, wanted]) => wanted));
});

describe('too much', () => {
  test('a result over the limit is error -6, seen when a thing starts', () => {
    const things = new List(Array.from({ length: 100 }, () => thing(0, { text: 'x'.repeat(100) })));
    for (const sink of [new Writer(), new JsonSink(), new PlainSink()])
      expect(() => pack(things, sink, { ...CONTEXT, resultLimit: 5000 })).toThrow(expect.objectContaining({ code: ERR.resultTooLarge, message: 'result too large' }));
    const texts = new List(Array.from({ length: 100 }, () => 'x'.repeat(100)));
    expect(() => pack(texts, new Writer(), { ...CONTEXT, resultLimit: 5000 })).not.toThrow();
  });

  test('the limit is for each answer, not for the buffer', () => {
    const out = new Writer();
    out.raw(new Uint8Array(10_000));
    expect(() => pack(thing(0, { a: 1 }), out, { ...CONTEXT, resultLimit: 5000 })).not.toThrow();
  });

  test('lists nested without end are an error, not a crash', () => {
    let deep: Value = 1;
    for (let i = 0; i < 1900; i++) deep = new List([deep], true);
    expect(() => pack(deep, new Writer(), CONTEXT)).not.toThrow();
    for (let i = 0; i < 5000; i++) deep = new List([deep], true);
    expect(() => pack(deep, new Writer(), CONTEXT)).toThrow(expect.any(QueryError));
  });
});

describe('JSON', () => {
  test('has ThingsDB layout', () => {
    const value = thing(2, { a: new List([1, float(1), null, true]), 'é"\\': '\u0001\u001f\b\f\n\r\t/"\\é', e: new List([]), t: thing(0) });
    expect(json(value)).toBe('{"#":2,"a":[1,1.0,null,true],"é\\"\\\\":"\\u0001\\u001F\\b\\f\\n\\r\\t/\\"\\\\é","e":[],"t":{}}');
    expect(json(new MpData(new Uint8Array([0x82, 0xa1, 0x61, 0xcb, 0x3f, 0xe0, 0, 0, 0, 0, 0, 0, 0xa1, 0x62, 0x91, 1])))).toBe('{"a":0.5,"b":[1]}');
    expect(json(new List([2n ** 62n, -5]))).toBe('[4611686018427387904,-5]');
  });

  test('refuses what it cannot hold', () => {
    expect(() => json(new Bytes(new Uint8Array(1)))).toThrow(expect.objectContaining({ code: ERR.type, message: 'type `bytes` is not JSON serializable' }));
    expect(() => json(float(NaN))).toThrow(expect.objectContaining({ code: ERR.type, message: 'JSON invalid number' }));
    expect(() => json('\udcff')).toThrow(expect.objectContaining({ code: ERR.type }));
  });
});

test('plain values survive the name __proto__', () => {
  const shape = emptyShape().with('__proto__');
  const result = answer(new Thing(shape, [new List([1])])) as object;
  expect(Object.keys(result)).toEqual(['__proto__']);
  expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
});

/** Things whose names others have too are packed by a function of their own: see `pack-thing.ts`. */
test('a thing is packed to the same bytes whether its names are shared or its own', () => {
  const name = fc.string({ minLength: 1, maxLength: 40, unit: fc.constantFrom('a', 'Z', '_', '9', 'é', '日') });
  const value: fc.Arbitrary<Value> = fc.oneof(
    fc.constantFrom(null, true, false, 0, 127, 128, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER, -1, -32, -33, 2n ** 60n),
    fc.integer(), fc.maxSafeInteger(), fc.double({ noNaN: true }).map(float),
    fc.string({ maxLength: 40 }), fc.string({ minLength: 30, maxLength: 33, unit: fc.constantFrom('a', '\x7f', '\x80', 'é', '😀', '\udc80') }),
    fc.constantFrom(new List([1, 'a']), new Bytes(Uint8Array.of(1, 2)), thing(7)),
  );
  fc.assert(fc.property(
    fc.uniqueArray(name, { maxLength: 18 }).chain(names => fc.tuple(fc.constant(names), fc.array(value, { minLength: names.length, maxLength: names.length }))),
    fc.constantFrom(0, 1, 127, 300, 70_000, 2 ** 32, 2 ** 40), fc.constantFrom(0, NO_IDS), fc.constantFrom('#', 'identification_of_the_thing'), fc.nat(70),
    ([names, values], id, flags, idName, room) => {
      const of = type('T', names, idName);
      const bytes = (shape: Shape): Uint8Array => {
        const made = new Thing(shape, values);
        made.id = id;
        const out = new Writer(room);
        pack(new List([made, made]), out, { ...CONTEXT, flags });
        return out.copy();
      };
      expect(bytes(of.shape)).toEqual(bytes(new Shape([...names], false, false, of)));
    },
  ), { seed: 20_261_122, numRuns: 2_000 });
});
