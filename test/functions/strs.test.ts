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
