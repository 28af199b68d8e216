import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Writer } from '../../src/wire/msgpack.ts';
import { HEADER_BYTES, PacketReader, PacketWriter, readHeader } from '../../src/wire/packet.ts';

interface Got {
  type: number;
  pid: number;
  body: string;
}

function reader(maxBody?: number): { stream: PacketReader; got: Got[] } {
  const got: Got[] = [];
  const stream = new PacketReader({ packet: (type, pid, bytes, from, to) => void got.push({ type, pid, body: Buffer.from(bytes.subarray(from, to)).toString() }) }, maxBody);
  return { stream, got };
}

function packets(...all: Got[]): Uint8Array {
  const out = new Writer();
  const writer = new PacketWriter(out, false);
  for (const { type, pid, body } of all) writer.whole(Buffer.from(body), pid, type);
  return out.copy();
}

const THREE: Got[] = [
  { type: 34, pid: 1, body: 'first' },
  { type: 32, pid: 65535, body: '' },
  { type: 37, pid: 0, body: 'the third one' },
];

test('golden bytes', () => {
  expect(Buffer.from(packets({ type: 34, pid: 0x1234, body: 'ab' })).toString('hex')).toBe('02000000' + '3412' + '22dd' + '6162');
  expect(readHeader(Uint8Array.from([0xff, 0xff, 0xff, 0xff, 1, 0, 16, 239]), 0)).toEqual({ length: 0xffffffff, pid: 1, type: 16 });
  expect(readHeader(Uint8Array.from([0, 0, 0, 0, 1, 0, 16, 238]), 0)).toBe(null);
});

test('a writer finds what it has written, with WebSocket frames of every size too', () => {
  for (const frames of [false, true]) {
    const out = new Writer();
    const writer = new PacketWriter(out, frames);
    const sizes = [0, 1, 117, 118, 119, 125, 126, 300, 65_527, 65_528, 70_000];
    sizes.forEach((size, i) => writer.whole(new Uint8Array(size).fill(i), i, 18));
    const bytes = out.copy();
    expect([...writer.read(bytes)].map(({ pid, type, from, to }) => [pid, type, to - from, to > from ? bytes[to - 1] : 0]))
      .toEqual(sizes.map((size, i) => [i, 18, size, size > 0 ? i : 0]));
  }
});

describe('packages are found', () => {
  const bytes = packets(...THREE);

  test('split at every byte', () => {
    for (let at = 0; at <= bytes.length; at++) {
      const { stream, got } = reader();
      expect(stream.push(bytes.slice(0, at))).toBe(true);
      expect(stream.push(bytes.slice(at))).toBe(true);
      expect(got).toEqual(THREE);
    }
  });

  test('byte by byte', () => {
    const { stream, got } = reader();
    for (const byte of bytes) stream.push(Uint8Array.of(byte));
    expect(got).toEqual(THREE);
  });

  test('however they are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ type: fc.nat(255), pid: fc.nat(65535), body: fc.string() }), { maxLength: 6 }), fc.array(fc.nat(12)), (all, cuts) => {
        const { stream, got } = reader();
        const whole = packets(...all);
        let at = 0;
        for (const cut of cuts) {
          stream.push(whole.slice(at, at + cut));
          at = Math.min(at + cut, whole.length);
        }
        stream.push(whole.slice(at));
        expect(got).toEqual(all.map((one) => ({ ...one, body: Buffer.from(one.body).toString() })));
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  test('without copying when they lie in one chunk', () => {
    const seen: Uint8Array[] = [];
    const stream = new PacketReader({ packet: (_type, _pid, chunk) => void seen.push(chunk) });
    stream.push(bytes);
    expect(seen.every((chunk) => chunk === bytes)).toBe(true);
  });
});

describe('a broken stream', () => {
  test('a wrong check byte ends it, after what came before', () => {
    const { stream, got } = reader();
    const bytes = Buffer.concat([packets(THREE[0]!), Uint8Array.from([0, 0, 0, 0, 0, 0, 34, 34]), packets(THREE[1]!)]);
    expect(stream.push(bytes)).toBe(false);
    expect(got).toEqual([THREE[0]]);
    expect(stream.push(packets(THREE[1]!))).toBe(false);
    expect(got.length).toBe(1);
  });

  test('so does a body over the bound, which may be raised', () => {
    const { stream, got } = reader(4);
    expect(stream.push(packets({ type: 1, pid: 1, body: 'four' }))).toBe(true);
    stream.maxBody = 5;
    expect(stream.push(packets({ type: 1, pid: 1, body: 'five5' }))).toBe(true);
    expect(stream.push(packets({ type: 1, pid: 1, body: 'sixsix' }).slice(0, HEADER_BYTES))).toBe(false);
    expect(got.length).toBe(2);
  });

  test('garbage never throws', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 30 })), (chunks) => {
        const { stream } = reader(1000);
        for (const chunk of chunks) stream.push(chunk);
      }),
      { seed: 5, numRuns: 500 },
    );
  });
});

test('a pause keeps what comes', () => {
  const got: number[] = [];
  const stream: PacketReader = new PacketReader({ packet(_type, pid) {
    got.push(pid);
    stream.paused = true;
  } });
  stream.push(packets(...THREE, ...THREE));
  stream.push(packets(THREE[0]!).slice(0, 3));
  expect(got).toEqual([1]);
  for (let i = 0; i < 5; i++) expect(stream.resume()).toBe(true);
  expect(got).toEqual([1, 65535, 0, 1, 65535, 0]);
  stream.resume();
  stream.push(packets(THREE[0]!).slice(3));
  expect(got.length).toBe(7);
});

describe('as WebSocket messages', () => {
  test.each([0, 1, 117, 118, 119, 65527, 65528, 70_000])('a body of %i bytes', (n) => {
    const out = new Writer();
    const writer = new PacketWriter(out, true);
    writer.whole(new Uint8Array(n).fill(7), 5, 18);
    const message = n + HEADER_BYTES;
    const header = message < 126 ? [0x82, message] : message < 65536 ? [0x82, 126, message >> 8, message & 255] : [0x82, 127, 0, 0, 0, 0, 0, message >> 16, (message >> 8) & 255, message & 255];
    const bytes = out.copy();
    expect([...bytes.subarray(0, header.length)]).toEqual(header);
    expect(bytes.length).toBe(header.length + message);
    expect(readHeader(bytes, header.length)).toEqual({ length: n, pid: 5, type: 18 });
    expect(bytes.subarray(header.length + HEADER_BYTES).every((byte) => byte === 7)).toBe(true);
  });

  test('an aborted one leaves nothing', () => {
    const out = new Writer();
    const writer = new PacketWriter(out, true);
    writer.empty(1, 16);
    const before = out.copy();
    const mark = writer.begin();
    out.str('half');
    writer.abort(mark);
    expect(out.copy()).toEqual(before);
  });
});
