/**
 * Compiled code against the interpreter: whatever a program does, both answer the same, fail with the same error at the
 * same place, use up the same budget, and leave the same data.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dumpText } from '../../src/check/dump.ts';
import { testHost } from '../../src/check/test-host.ts';
import { Engine } from '../../src/engine.ts';
import { QueryError } from '../../src/errors/query-error.ts';
import type { CodegenMode } from '../../src/evaluator/compile/codegen.ts';
import { parseScope } from '../../src/system/scope.ts';
import { List, Obj, Thing, ThingSet, typeName, type Value } from '../../src/values/value.ts';
import { REPAIR, SETUP, random, randomQuery } from '../collection/random-queries.ts';
import { PROGRAM_SETUP, randomProgram } from './random-programs.ts';

/** A query and a look at all that it left. The clock stands still: only steps end a program that does not end by itself. */
function open(codegen: CodegenMode, steps: number, setup = PROGRAM_SETUP): (code: string) => unknown {
  const host = testHost();
  const engine = new Engine({ host: { ...host, monotonic: () => 0 }, codegen, limits: { steps, strBytes: 10_000, listLength: 10_000 } });
  engine.init();
  const user = engine.system.usersById.get(1)!;
  const ask = (code: string): unknown => {
    try {
      return engine.query({ user, scope: parseScope('//stuff'), code }, (q, value) => `${show(value, { left: 2_000 })} ${q.deep} ${q.flags}`);
    } catch (e) {
      if (!(e instanceof QueryError)) throw e;
      return `${e.name}: ${e.message} (${e.hint}) at ${e.pos} of ${e.source}`;
    }
  };
  for (const code of setup) ask(code);
  return code => [ask(code), dumpText(engine)];
}

/** A value as text, cut: lists that are shared may make a huge tree of a few. */
function show(value: Value, budget: { left: number }): string {
  if (budget.left-- < 0) return '…';
  const all = (items: Iterable<Value>): string => Array.from(items, item => show(item, budget)).join(' ');
  if (value instanceof List) return `[${all(value.items)}]`;
  if (value instanceof ThingSet) return `{${all(value.things)}}`;
  if (value instanceof Thing) return `${typeName(value)}#${value.id} ${value.shape.keys.join()} (${all(value.toValues())})`;
  return value instanceof Obj ? JSON.stringify(value, (key, part: unknown) => (['code', 'node', 'enum'].includes(key) ? undefined : part)) : String(value);
}

for (const after of [0, 1, 3]) {
  test(`programs do the same after ${after} interpreted runs`, { timeout: 120_000 }, () => {
    fc.assert(fc.property(fc.integer(), fc.constantFrom(2_000, 20_000), (seed, steps) => {
      const program = randomProgram(random(seed));
      const [interpreted, compiled] = [open(false, steps), open(after, steps)];
      // Twice: what the first run compiles in its course the second has from its start.
      for (let run = 0; run < 2; run++) expect(compiled(program), program).toEqual(interpreted(program));
    }), { numRuns: Number(process.env['FUZZ_RUNS'] ?? 40), ...(process.env['FUZZ_SEED'] === undefined ? {} : { seed: Number(process.env['FUZZ_SEED']) }) });
  });
}

test('queries that change data do the same', { timeout: 120_000 }, () => {
  fc.assert(fc.property(fc.array(fc.nat(), { minLength: 20, maxLength: 40 }), seeds => {
    const [interpreted, compiled] = [open(false, 100_000, SETUP), open(0, 100_000, SETUP)];
    for (const seed of seeds) {
      for (const query of [REPAIR, randomQuery(random(seed))]) expect(compiled(query), query).toEqual(interpreted(query));
    }
  }), { seed: 20_260_101, numRuns: 6 });
});

/** Steps are counted alike, so the budget ends at the same one: what was done before it tells which that was. */
test.each([
  'for (x in range(1000)) for (y in range(1000)) .n += 1;',
  'f = |x| {.n += x; f2(x)}; f2 = |x| x + 1; for (x in range(100000)) f(1);',
  'range(100000).map(|x| {.n += 1; range(10).filter(|y| y % 2)});',
  'for (x in range(100000)) { try({.n += 1; range(50).each(|y| y)}); };',
  'a = 0; f = || a += 1; for (x in range(100000)) { try({f(); .n = a;}); };',
  'f = |x| x < 2 ? x : f(x - 1) + f(x - 2); for (x in range(1000)) { f(7); .n += 1 };',
  'a = 0; range(100000).filter(|x| x % 2 == 0 && range(x % 3).len() > 1);',
  'range(100000).reduce(|a, x| {.n += 1; a + x});',
  'range(100000).sort(|x| .n += x % 2);',
  'l = range(100000); for (x in range(9)) .n += 1 + l.index_of(0) + l.sum(|x| x); .n += l.every(|x| x + 1 > 0) ? 1 : 0;',
  'set(range(30000).map(|i| {i:})).filter(|t| .n += t.i);',
  'set(range(1000).map(|i| {i:})).each(|t| for (k, v in t) range(100).each(|| .n += v));',
])('the budget of steps ends %s', code => {
  const [interpreted, compiled] = [open(false, 10_000, ['.n = 0;']), open(0, 10_000, ['.n = 0;'])];
  const want = interpreted(code);
  expect(JSON.stringify(want)).toContain('steps');
  expect(compiled(code)).toEqual(want);
});

/** A closure that calls nothing but itself has no frames: nothing must tell. */
test.each([
  'f = |n| n < 2 ? n : f(n - 1) + f(n - 2); [f(15), f(20), try(f(24)), try(f(25)), f(2)];',
  'f = |n| n < 1 ? n.none : f(n - 1); f(5);',
  'f = |n| n < 1 ? none : f(n - 1); none_of_them = 1; f(5);',
  'f = |n, by| n < 1 ? by : f(n - 1); [f(0, 5), f(3, 5)];',
  'f = |n| n < 1 ? 0 : 1 + f(n - 1); g = f; f = |n| n * 100; [g(3), f(3)];',
  "f = |n| n < 1 ? 0 : 1 + f(n - 1); new_procedure('f', |n| n * 100); a = f(3); del_procedure('f'); [a, f(3)];",
  'f = |n| n < 1 ? f : [f(n - 1), n]; l = f(3); l[0][0][0](1);',
  'f = |x, n| n < 1 ? x : [x, f(x, n - 1)]; l = f(f, 2); [l[0](1, 1), f(f, 1)];',
  'f = |n| { if (n < 1) return 7; for (i in [n, 2]) if (i == 1) return f(i - 1); f(n - 1) * n }; [f(1), f(6)];',
  'f = |m, n| m < 1 ? n + 1 : n < 1 ? f(m - 1, 1) : f(m - 1, f(m, n - 1)); [f(1, 2), f(2, 3), try(f(2, 9))];',
  'f = |n| n < 1 ? 0 : f(n - 1, .n += 1); [f(3), .n];',
])('%s does the same', code => {
  const [interpreted, compiled] = [open(false, 100_000, ['.n = 0;']), open(0, 100_000, ['.n = 0;'])];
  for (let run = 0; run < 2; run++) expect(compiled(code)).toEqual(interpreted(code));
});

test.each([
  "set_type('T', {m: |this, a, b| [a, b]}); t = T{}; [t.m(), t.m(1), t.m(1, 2), try(t.m(1, 2, x = 3)), t.m(t.m(2), [3]), try(t.none(1))];",
  "set_type('T', {m: |this| mod_type('T', 'add', 'z', 'int')}); t = T{}; wse(); [err_msg(try(t.m())), t];",
  "set_type('T', {m: |this, n| n < 1 ? 0 : this.m(n - 1)}); t = T{}; [t.m(5), try(t.m(50))];",
  "set_type('T', {m: |this| this.none}); T{}.m();",
])('methods of types: %s', code => {
  const [interpreted, compiled] = [open(false, 100_000, []), open(0, 100_000, [])];
  expect(compiled(code)).toEqual(interpreted(code));
});

/** The time, too, is looked at after so many steps, whatever runs. */
test('a compiled loop ends when the time is over', () => {
  let now = 0;
  const engine = new Engine({ host: { ...testHost(), monotonic: () => (now += 10) }, codegen: 0, limits: { milliseconds: 1_000 } });
  engine.init();
  const run = (): unknown => engine.query({ user: engine.system.users[0]!, scope: parseScope('//stuff'), code: 'for (x in range(100000)) for (y in range(100000)) x + y;' }, (_q, value) => value);
  expect(run).toThrow(expect.objectContaining({ code: -63 }));
});

/** What the interpreter may take for granted between two runs must hold for compiled code too. */
test.each([
  ['a changed type', "set_type('T', {a: 'int', b: 'int'}); .t = T{a: 1, b: 2}; new_procedure('get', |t| t.b);", "mod_type('T', 'del', 'a'); mod_type('T', 'add', 'c', 'int', 5);", 'get(.t);', '2'],
  ['a renamed property', "set_type('T', {a: 'int'}); .t = T{a: 1}; new_procedure('get', |t| try(t.a));", "mod_type('T', 'ren', 'a', 'z');", 'is_err(get(.t));', 'true'],
  ['a property that becomes a method', "set_type('T', {a: 'int'}); .t = T{a: 1}; new_procedure('get', |t| t.a);", "mod_type('T', 'del', 'a'); mod_type('T', 'add', 'a', |this| 7);", 'type(get(.t));', 'closure'],
  ['a changed method', "set_type('T', {a: 'int', m: |this| this.a}); .t = T{a: 2}; new_procedure('get', |t| try(t.m()));", "mod_type('T', 'mod', 'm', |this| this.a + 5);", 'get(.t);', '7'],
  ['a method that becomes a property', "set_type('T', {m: |this| 1}); .t = T{}; new_procedure('get', |t| try(t.m()));", "mod_type('T', 'del', 'm'); mod_type('T', 'add', 'm', 'closure');", 'get(.t);', 'null'],
  ['a new type of the name', "new_procedure('f', |x| x); new_procedure('get', |t| try(f(1)));", "set_type('f2', {}); rename_procedure('f', 'g'); new_procedure('f', |x| x + 1);", 'get(nil);', '2'],
  ['a changed procedure', "new_procedure('f', |x| x); new_procedure('get', |t| f(1));", "mod_procedure('f', |x, y| [x, y]);", 'get(nil);', '[1 null]'],
  ['a variable that hides a procedure', "new_procedure('get', |t| n + 1); n = 1; get(nil);", 'nil;', 'n = 5; get(nil);', '6'],
])('%s is seen', (_, before, change, ask, want) => {
  const run = open(0, 100_000, []);
  run(before);
  for (let i = 0; i < 3; i++) run('try(get(.t)); try(get(nil));');
  run(change);
  expect((run(ask) as string[])[0]).toBe(`${want} 1 0`);
});

test('names and strs of a query never become text of a program', () => {
  const run = open(0, 100_000, []);
  const evil = "'); process.exit(1); ('";
  expect((run(`x = "${evil}"; t = {}; t["${evil}"] = 1; [x, t["${evil}"], \`${evil}{x}\`, "${evil}" == x];`) as unknown[])[0]).toBe(`[${evil} 1 ${evil}${evil} true] 1 0`);
  expect((run('constructor = 1; __proto__ = 2; q = 3; f = 4; s = 5; v0 = 6; t0 = 7; K = 8; H = 9; [constructor, __proto__, q, f, s, v0, t0, K, H];') as unknown[])[0])
    .toBe('[1 2 3 4 5 6 7 8 9] 1 0');
});

test('what is nested deep, or long, is left to the interpreter', () => {
  const programs = [
    `f = |x| x${' + 1'.repeat(1_500)}; f(1);`, `f = |x| ${'('.repeat(300)}x + 1${')'.repeat(300)}; f(1);`, `${'if (true) {'.repeat(200)} 5; ${'}'.repeat(200)};`,
    `f = |x| { ${"y = {a: x, b: [x, 'text']}; ".repeat(3_000)} y.a; }; f(7);`,
  ];
  for (const program of programs) expect(open(0, 100_000, [])(program)).toEqual(open(false, 100_000, [])(program));
});

test('where code from strings is not allowed all is interpreted', () => {
  const code = 's = 0; for (x in range(2000)) s += x; s;';
  const want = open(false, 100_000, [])(code);
  const allowed = globalThis.Function;
  try {
    globalThis.Function = function () {
      throw new EvalError('Code generation from strings disallowed for this context');
    } as unknown as FunctionConstructor;
    expect(open(0, 100_000, [])(code)).toEqual(want);
  } finally {
    globalThis.Function = allowed;
  }
});
