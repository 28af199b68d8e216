/** Whatever the query, it ends: work that grows with data is counted, and what it makes has a largest size. */
import { expect, test } from 'vitest';
import { Engine } from '../../src/engine.ts';
import { testHost } from '../../src/check/test-host.ts';
import { QueryError } from '../../src/errors/query-error.ts';
import type { Limits } from '../../src/evaluator/limits.ts';

function run(code: string, limits: Partial<Limits> = {}): unknown {
  const engine = new Engine({ host: testHost(), limits: { steps: 2_000_000, strBytes: 100_000, listLength: 10_000, ...limits } });
  engine.init();
  const user = engine.system.usersById.get(1)!;
  try {
    return engine.query({ user, scope: { kind: 'collection', name: 'stuff' }, code }, (_q, value) => value);
  } catch (e) {
    if (!(e instanceof QueryError)) throw e;
    return `${e.code} ${e.message}`;
  }
}

const LONG = /^-63 maximum length of a str or bytes exceeded/;
const MANY = /^-63 maximum length of a list or set exceeded/;
const STEPS = /^-63 query has exceeded the maximum of 2000000 steps/;

test.each([
  ["s = 'x'; for (i in range(30)) s += s;", LONG],
  ["s = 'x'; for (i in range(30)) s = `{s}{s}`;", LONG],
  ["s = 'x'; for (i in range(10)) s += s; for (i in range(10)) s = s.replace('x', s);", LONG],
  ["s = 'x'; for (i in range(10)) s += s; for (i in range(10)) s = s.replace(/x/, |m| s);", LONG],
  ["b = bytes('x'); for (i in range(30)) b += b;", LONG],
  ["s = 'x,'; for (i in range(15)) s += s; s.split(',');", MANY],
  ["s = 'x '; for (i in range(15)) s += s; s.split();", MANY],
  ["s = 'x '; for (i in range(15)) s += s; s.split(/ /);", MANY],
  ["s = 'x '; for (i in range(15)) s += s; /x/g.match(s);", MANY],
  ["s = '1,'; for (i in range(15)) s += s; json_load('[' + s + '1]');", MANY],
  ["l = [1]; for (i in range(60)) l = [l, l]; json_dump(l);", LONG],
  ["l = [1]; for (i in range(60)) l = [l, l]; m = [1]; for (i in range(60)) m = [m, m]; l == m;", STEPS],
  ['for (x in range(100000)) for (y in range(100000)) 1;', STEPS],
  ['for (i in range(100)) try(for (x in range(100000)) for (y in range(100000)) 1);', STEPS],
  ['alt_raise(for (x in range(100000)) for (y in range(100000)) 1, -100);', STEPS],
  ["f = || range(10000).each(|x| range(10000).each(|y| 1)); f();", STEPS],
  ["s = 'a'; for (i in range(14)) s += s; /^(a+)+$/.test(s + 'b');", /too long|false|-63/],
] as const)('%s', (code, want) => {
  const got = run(code);
  expect(String(got)).toMatch(want);
}, 20_000);
