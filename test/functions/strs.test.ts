/** Functions of strs against the same done on bytes, the slow and plain way. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testHost } from '../../src/check/test-host.ts';
import { Engine } from '../../src/engine.ts';
import { QueryError } from '../../src/errors/query-error.ts';
import type { Limits } from '../../src/evaluator/limits.ts';
import { parseScope } from '../../src/system/scope.ts';
import { fromBytes, toBytes } from '../../src/values/str.ts';
import { List, type Value } from '../../src/values/value.ts';
import { anyBytes } from '../values/any-bytes.ts';

type Ask = (code: string, vars?: Record<string, Value>) => unknown;

function open(limits: Partial<Limits> = {}): Ask {
  const engine = new Engine({ host: testHost(), limits });
  engine.init();
  const user = engine.system.usersById.get(1)!;
  return (code, vars = {}) => {
    try {
      return engine.query({ user, scope: parseScope('//stuff'), code, vars: () => new Map(Object.entries(vars)) }, (_q, value) => plain(value));
    } catch (error) {
      if (!(error instanceof QueryError)) throw error;
      return `${error.name}: ${error.message} at ${String(error.pos)}`;
    }
  };
}

/** Strs as the hexadecimal digits of their bytes. */
function plain(value: Value): unknown {
  if (typeof value === 'string') return hex(toBytes(value));
  return value instanceof List ? value.items.map(plain) : value;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const ask = open();

test('upper and lower change the letters of ASCII only', () => {
  fc.assert(
    fc.property(anyBytes, bytes => {
      const s = fromBytes(bytes);
      expect(ask('s.upper();', { s })).toBe(hex(bytes.map(byte => (byte >= 0x61 && byte <= 0x7a ? byte - 32 : byte))));
      expect(ask('s.lower();', { s })).toBe(hex(bytes.map(byte => (byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte))));
    }),
    { seed: 20_261_125, numRuns: 500 },
  );
});

/** What is sought: often a part of the subject, so that it is found. */
const subjectAndSought = fc.tuple(anyBytes, anyBytes, fc.nat(), fc.integer({ min: 1, max: 3 })).map(([subject, other, at, length]): [Buffer, Buffer] => {
  const from = at % (subject.length + 1);
  const part = subject.subarray(from, from + length);
  return [Buffer.concat([subject, other, part, part]), Buffer.from(part.length > 0 ? part : [0x61])];
});

/** Where `sought` stands, without overlap: from the left, or from the right when n is negative. */
function places(subject: Buffer, sought: Buffer, n: number): number[] {
  const found: number[] = [];
  for (let at = n < 0 ? subject.length - sought.length : 0; found.length < Math.abs(n) && at >= 0 && at <= subject.length - sought.length; ) {
    const here = subject.subarray(at, at + sought.length).equals(sought);
    if (here) found.push(at);
    at += (n < 0 ? -1 : 1) * (here ? sought.length : 1);
  }
  return found.sort((a, b) => a - b);
}

test('replace puts bytes in place of bytes', () => {
  fc.assert(
    fc.property(subjectAndSought, anyBytes, fc.constantFrom(Infinity, 1, 2, -1, -2), ([subject, sought], by, n) => {
      const parts: Buffer[] = [];
      let from = 0;
      for (const at of places(subject, sought, n)) {
        parts.push(subject.subarray(from, at), Buffer.from(by));
        from = at + sought.length;
      }
      const [s, old] = [fromBytes(subject), fromBytes(sought)];
      const count = n === Infinity ? '' : `, ${n}`;
      const want = hex(Buffer.concat([...parts, subject.subarray(from)]));
      expect(ask(`s.replace(old, by${count});`, { s, old, by: fromBytes(by) })).toBe(want);
      expect(ask(`s.replace(old, || by${count});`, { s, old, by: fromBytes(by) })).toBe(want);
    }),
    { seed: 20_261_127, numRuns: 600 },
  );
});

test('a closure in replace is told where, in bytes', () => {
  fc.assert(
    fc.property(subjectAndSought, fc.constantFrom(Infinity, 1, 2, -1, -2), ([subject, sought], n) => {
      // Counted from the right, ThingsDB's positions are too large by the length of what is replaced.
      const shift = n < 0 ? sought.length : 0;
      const want = places(subject, sought, n).map(at => [at + shift, at + sought.length + shift]);
      const code = `told = []; s.replace(old, |from, to, all| { told.push([from, to, all == s]); 'x'; }${n === Infinity ? '' : `, ${n}`}); told;`;
      expect(ask(code, { s: fromBytes(subject), old: fromBytes(sought) })).toEqual(want.map(place => [...place, true]));
    }),
    { seed: 20_261_128, numRuns: 300 },
  );
});

test('replace by a regular expression tells groups, match and places', () => {
  const pattern = 'a(b)?|(é)(€)?|\\d+|x*';
  fc.assert(
    fc.property(anyBytes, bytes => {
      const s = fromBytes(Buffer.concat([bytes, Buffer.from('ab aé€ 42 xx a'), bytes]));
      const want: unknown[] = [];
      const parts: string[] = [];
      let from = 0;
      for (const m of s.matchAll(new RegExp(pattern, 'gu'))) {
        const groups = m.slice(1);
        while (groups.length > 0 && groups.at(-1) === undefined) groups.pop();
        const start = toBytes(s.slice(0, m.index)).length;
        want.push([...groups.map(group => group ?? ''), m[0]].map(plain as (text: string) => unknown).concat([start, start + toBytes(m[0]).length]));
        parts.push(s.slice(from, m.index), 'N');
        from = m.index + m[0].length;
      }
      // As many names as there may be arguments: those that come last are the two places and the whole text.
      const told = ask(`told = []; s.replace(/${pattern}/, |a, b, c, d, e, f, g| { told.push([a, b, c, d, e, f, g]); 'N'; }); told;`, { s }) as unknown[][];
      expect(told.map(args => args.slice(0, args.lastIndexOf(hex(toBytes(s)))))).toEqual(want);
      const replaced = hex(toBytes([...parts, s.slice(from)].join('')));
      expect(ask(`s.replace(/${pattern}/, 'N');`, { s })).toBe(replaced);
      expect(ask(`s.replace(/${pattern}/, || 'N');`, { s })).toBe(replaced);
    }),
    { seed: 20_261_129, numRuns: 300 },
  );
});
