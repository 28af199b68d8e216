/** Queries that take long are logged, once, by the higher of two bounds. */
import { expect, test } from 'vitest';
import { testHost } from '../../src/check/test-host.ts';
import { Engine } from '../../src/engine.ts';

test('by duration, those that fail too', () => {
  let now = 0;
  const lines: string[] = [];
  const host = { ...testHost(), monotonic: () => now, log: (level: number, text: string) => void lines.push(`${level} ${text}`) };
  const engine = new Engine({ host, slow: { warning: 100, error: 500 } });
  engine.init();
  const user = engine.system.usersById.get(1)!;
  const take = (ms: number, code: string): void => void engine.query({ user, scope: { kind: 'thingsdb' }, code }, () => void (now += ms));
  take(99, '1;');
  take(100, '2;\n  3;');
  take(100, 'if (false) set_password("admin", "secret");');
  take(500, `'${'x'.repeat(2_000)}';`);
  expect(lines).toEqual([
    '2 query took 0.100000 seconds to process: `2; 3;`',
    '2 query took 0.100000 seconds to process: `(withheld: it sets a password)`',
    `3 query took 0.500000 seconds to process: \`'${'x'.repeat(999)}...\``,
  ]);
  expect(() => engine.query({ user, scope: { kind: 'thingsdb' }, code: '1/0;', vars: () => (now += 600, null) }, () => {})).toThrow();
  expect(lines[3]).toBe('3 query took 0.600000 seconds to process: `1/0;`');
});
