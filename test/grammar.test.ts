/** The grammar folder: trees, their ranges, the texts of closures, hints, and what hostile texts do. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Closure, Node } from '../grammar/ast.ts';
import { nearest } from '../grammar/nearest.ts';
import { parse, parseClosure } from '../grammar/parser.ts';
import { compactText, docText, formatText } from '../grammar/text.ts';

interface Case {
  readonly id: string;
  readonly steps: readonly { readonly q: unknown }[];
  readonly want: readonly { readonly ok?: unknown; readonly err?: { readonly code: number; readonly msg: string } }[];
}
interface Step {
  readonly id: string;
  readonly query: string;
  readonly want: Case['want'][number];
}

const FOLDER = new URL('conformance/', import.meta.url);
const STEPS: readonly Step[] = readdirSync(FOLDER).filter((name) => name.endsWith('.jsonl')).flatMap((name) => (
  readFileSync(new URL(name, FOLDER), 'utf8').trim().split('\n').flatMap((line) => {
    const { id, steps, want } = JSON.parse(line) as Case;
    return steps.flatMap(({ q }, i) => (typeof q === 'string' ? [{ id, query: q, want: want[i]! }] : []));
  })
));
/** Those whose text is refused; a query may also make such an error while it runs: raise(syntax_err()), closure('|x|'). */
const REFUSED = STEPS.filter(({ query, want }) => want.err?.code === -52 && !/syntax_err\(|closure\(/.test(query));
const ACCEPTED = STEPS.filter(({ want }) => want.err?.code !== -52);

function bodyOf(text: string): readonly Node[] {
  const outcome = parse(text);
  if ('problem' in outcome) throw new Error(`${outcome.problem.message}: ${text.slice(0, 200)}`);
  return outcome.query.body;
}
function messageOf(text: string): string {
  const outcome = parse(text);
  return 'problem' in outcome ? outcome.problem.message : 'accepted';
}
function closureOf(text: string): Closure {
  const outcome = parseClosure(text);
  if (!('closure' in outcome)) throw new Error(`no closure: ${text.slice(0, 200)}`);
  return outcome.closure;
}

type Ranged = { readonly pos: number; readonly end: number; readonly kind?: string };
const isRanged = (value: unknown): value is Ranged => typeof value === 'object' && value !== null && 'pos' in value;
/** Everything in a tree that has a range, parents first, with the ranges within it. */
function ranges(top: Ranged): { node: Ranged; inner: Ranged[] }[] {
  const inner = (Object.values(top) as unknown[]).flat().filter(isRanged);
  return [{ node: top, inner }, ...inner.flatMap(ranges)];
}
/** A tree without its ranges. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== 'pos' && key !== 'end').map(([key, inner]) => [key, bare(inner)]));
}
/** Expects equal trees; quick, because it is asked a hundred thousand times. */
function same(got: unknown, wanted: unknown, query: string): void {
  const [a, b] = [bare(got), bare(wanted)];
  if (JSON.stringify(a) !== JSON.stringify(b)) expect(a, query).toEqual(b);
}
function kinds(text: string): string[] {
  return bodyOf(text).flatMap((node) => ranges(node).flatMap(({ node: { kind, pos, end } }) => (kind === undefined ? [] : [`${kind} ${text.slice(pos, end)}`])));
}

describe('conformance', () => {
  it('accepts what the server accepts', () => {
    expect(ACCEPTED.length).toBeGreaterThan(17_000);
    expect(ACCEPTED.filter(({ query }) => 'problem' in parse(query)).map(({ id, query }) => `${id}: ${query}`)).toEqual([]);
  });

  it('refuses the rest in the same words', () => {
    expect(REFUSED.length).toBeGreaterThan(500);
    expect(REFUSED.map(({ query }) => [query, messageOf(query)])).toEqual(REFUSED.map(({ query, want }) => [query, want.err!.msg]));
  });
});

describe('trees', () => {
  it.each<[string, string[]]>([
    ['x.a..b(1)[0] = -5;', [
      'chain x.a..b(1)[0] = -5', 'name x', 'prop .a', 'method ..b(1)', 'int 1', 'setIndex [0] = -5', 'int 0', 'int -5',
    ]],
    ['1 + 2 * 3 == 7 || x', [
      'binary 1 + 2 * 3 == 7 || x', 'binary 1 + 2 * 3 == 7', 'binary 1 + 2 * 3', 'int 1', 'binary 2 * 3', 'int 2', 'int 3', 'int 7', 'name x',
    ]],
    ['a - b - c', ['binary a - b - c', 'binary a - b', 'name a', 'name b', 'name c']],
    ['a ? b : c ? d : e', ['ternary a ? b : c ? d : e', 'name a', 'name b', 'ternary c ? d : e', 'name c', 'name d', 'name e']],
    ['!x = 1 + y', ['unary !x = 1 + y', 'assign x = 1 + y', 'binary 1 + y', 'int 1', 'name y']],
    ['~ - !x.y', ['unary ~ - !x.y', 'chain x.y', 'name x', 'prop .y']],
    ['--5 - -x', ['binary --5 - -x', 'unary --5', 'int -5', 'unary -x', 'name x']],
    ['..a = .5', ['chain ..a = .5', 'set ..a = .5', 'float .5']],
    ['{}; {a}; {a:}; {a: 1,}', ['thing {}', 'block {a}', 'name a', 'thing {a:}', 'thing {a: 1,}', 'int 1']],
    ['T{}; T{a: 1}; E{A}; E{|| "A"}; &{a: 1}', [
      'instance T{}', 'instance T{a: 1}', 'int 1', 'enum E{A}', 'enum E{|| "A"}', 'closure || "A"', 'str "A"', 'anonymous &{a: 1}', 'thing {a: 1}', 'int 1',
    ]],
    ['a & {b}; a &{b}', ['binary a & {b}', 'name a', 'block {b}', 'name b', 'binary a &{b}', 'name a', 'block {b}', 'name b']],
    ['x = /a\\/b/gi; 8 /b/ 2', ['assign x = /a\\/b/gi', 'regex /a\\/b/gi', 'binary 8 /b/ 2', 'binary 8 /b', 'int 8', 'name b', 'int 2']],
    ['`a{x}b``{{{1}`', ['template `a{x}b``{{{1}`', 'name x', 'int 1']],
    ['for (a, b in c) { break; continue }', [
      'for for (a, b in c) { break; continue }', 'name c', 'block { break; continue }', 'break break', 'name continue',
    ]],
    ['if (a) b else if (c) d', ['if if (a) b else if (c) d', 'name a', 'name b', 'if if (c) d', 'name c', 'name d']],
    ['if (a) -~b', ['binary if (a) -~b', 'call if (a)', 'name a', 'unary ~b', 'name b']],
    ['if (a) -b', ['if if (a) -b', 'name a', 'unary -b', 'name b']],
    ['for (x, in [1])', ['call for (x, in [1])', 'name x', 'chain in [1]', 'name in', 'index [1]', 'int 1']],
    ['return; return 1, 2; return -~x', [
      'return return', 'return return 1, 2', 'int 1', 'int 2', 'binary return -~x', 'return return', 'unary ~x', 'name x',
    ]],
    ['[return .b,]', ['list [return .b,]', 'chain return .b', 'name return', 'prop .b']],
    ['|a||| b', ['closure |a||| b', 'closure || b', 'name b']],
    ['x[]; x[1:]; x[::2]', ['chain x[]', 'name x', 'index []', 'chain x[1:]', 'name x', 'index [1:]', 'int 1', 'chain x[::2]', 'name x', 'index [::2]', 'int 2']],
    ['nil; inf; inf.x; -inf', ['nil nil', 'float inf', 'chain inf.x', 'name inf', 'prop .x', 'unary -inf', 'float inf']],
    ['1; 2\0; 3', ['int 1', 'int 2']],
  ])('of %j', (text, expected) => {
    expect(kinds(text)).toEqual(expected);
  });

  it('undo doubled quotes and escapes', () => {
    expect(bare(bodyOf("'it''s'; \"a\"\"\"; `{{a``}}{1}{2} `"))).toEqual([
      { kind: 'str', value: "it's" },
      { kind: 'str', value: 'a"' },
      { kind: 'template', parts: ['{a`}', { kind: 'int', raw: '1' }, { kind: 'int', raw: '2' }, ' '] },
    ]);
  });

  it('take the text of a template for text, also // and /*', () => {
    expect(bare(bodyOf('`//a{1}/* {2} */`'))).toEqual([
      { kind: 'template', parts: ['//a', { kind: 'int', raw: '1' }, '/* ', { kind: 'int', raw: '2' }, ' */'] },
    ]);
  });

  it('have ranges that lie within each other, and whose text means the same by itself', () => {
    let count = 0;
    for (const { query } of ACCEPTED) {
      if (query.length > 500) continue;
      for (const { node, inner } of bodyOf(query).flatMap(ranges)) {
        let last = node.pos;
        for (const { pos, end } of inner) {
          if (pos < last || end > node.end || end < pos) throw new Error(`${JSON.stringify(node)} in ${query}`);
          last = end;
        }
        // links, parameters, properties and subscripts are no statements
        const text = query.slice(node.pos, node.end);
        if (node.kind === undefined || /^(prop|method|set|index|setIndex)$/.test(node.kind) || /\b(break|continue)\b|^(inf|nan)$/.test(text)) continue;
        same(bodyOf(text), [node], query);
        count++;
      }
    }
    expect(count).toBeGreaterThan(100_000);
  });
});

describe('closure texts', () => {
  it('must be one statement, a closure', () => {
    expect(parseClosure('|a, b| a + b;')).toMatchObject({ closure: { kind: 'closure', params: [{ name: 'a' }, { name: 'b' }] } });
    expect(parseClosure('')).toEqual({ refused: 'not one statement' });
    expect(parseClosure('|| 1; 2')).toEqual({ refused: 'not one statement' });
    expect(parseClosure('(|| 1)')).toEqual({ refused: 'not a closure' });
    expect(parseClosure('|x|')).toMatchObject({ problem: { message: 'error at line 1, position 3, expecting: if, return, for', pos: 3 } });
  });

  it('are read when break stands alone in them, as a query would not be', () => {
    expect(parseClosure('|| break')).toHaveProperty('closure');
    expect(messageOf('|| break')).toBe('illegal `break` statement; no surrounding `for..in` statement');
  });

  it.each<[source: string, compact: string, pretty: string]>([
    ['|| - ! + x', '||- ! +x', '|| -!+x'],
    ['| a , b | { a ;\n b ; }', '|a,b|{a;b;}', '|a, b| {\n\ta;\n\tb;\n}'],
    ['|| [1, /* c */ 2,]', '||[1,2,]', '|| [\n\t1,\n\t2,\n]'],
    ['|| { a : 1 , b : }', '||{a:1,b:}', '|| {\n\ta: 1,\n\tb:,\n}'],
    ['|| {a:}', '||{a:}', '|| {a: }'],
    ['|| if ( a ) { b }  else  c', '||if(a){b} else c', '|| if (a) {\n\tb;\n} else c'],
    ['|| if(a){b}else{c}', '||if(a){b}else{c}', '|| if (a) {\n\tb;\n} else {\n\tc;\n}'],
    ['|| {return/* c */5}', '||{return 5}', '|| {\n\treturn 5;\n}'],
    ['|| for ( x , y  in [ 1 ] ) x', '||for(x,y in [1])x', '|| for (x, y in [1]) x'],
    ['|| `a  { x + 1 }  {{ b }}`', '||`a  {x+1}  {{ b }}`', '|| `a  { x + 1 }  {{ b }}`'],
    ['|| x [ 1 : 2 ] . y = 5', '||x[1:2].y=5', '|| x[1:2].y = 5'],
    ['|| x[ ] + y[ : ]', '||x[]+y[:]', '|| x[] + y[:]'],
    ['|| ..a .. b', '||..a..b', '|| ..a..b'],
    ['|| a ? bbbbbbbbbbbbbbbb : ccccccccccccccccccc', '||a?bbbbbbbbbbbbbbbb:ccccccccccccccccccc', '|| a\n\t? bbbbbbbbbbbbbbbb\n\t: ccccccccccccccccccc'],
    ['|| a ? bbbbbbbbbbbbbbbb : ccccccccccccccccc', '||a?bbbbbbbbbbbbbbbb:ccccccccccccccccc', '|| a ? bbbbbbbbbbbbbbbb : ccccccccccccccccc'],
    [
      '|| .users.filter(|u| u.age > 18).map(|u| {u.name; 1})', '||.users.filter(|u|u.age>18).map(|u|{u.name;1})',
      '|| .users\n\t.filter(|u| u.age > 18)\n\t.map(|u| {\n\t\tu.name;\n\t\t1;\n\t})',
    ],
    ['|| aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.b().c()', '||aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.b().c()', '|| aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.b().c()'],
    // ThingsDB glues these together, and cannot read them again
    ['|| 5 .len()', '||5 .len()', '|| 5 .len()'],
    ['|| `{ {a: 1} }`', '||`{ {a:1}}`', '|| `{ {a: 1} }`'],
    ['|| a / /b/', '||a/ /b/', '|| a / /b/'],
    ['|| a | |b| c', '||a| |b|c', '|| a | |b| c'],
    ['|| a & &{b:}', '||a& &{b:}', '|| a & &{b: }'],
    ['|| {break ; 1}', '||{break ;1}', '|| {\n\tbreak;\n\t1;\n}'],
  ])('%j', (source, compact, pretty) => {
    expect(compactText(source, closureOf(source))).toBe(compact);
    expect(formatText(source, closureOf(source))).toBe(pretty);
  });

  it('of a closure within a text are cut out of it', () => {
    const source = "x = 1; .f = |a|  a + 'b  c' ; 2";
    const closure = bodyOf(source)[1]!;
    if (closure.kind !== 'chain' || closure.links[0]!.kind !== 'set' || closure.links[0]!.value.kind !== 'closure') throw new Error('no closure');
    expect(compactText(source, closure.links[0]!.value)).toBe("|a|a+'b  c'");
  });

  it('are those that the server shows', () => {
    const shown = ACCEPTED.filter(({ query, want }) => /^\.\w+ = \|[^|]*\|/.test(query) && typeof want.ok === 'string' && bodyOf(query).length === 1);
    expect(shown.length).toBeGreaterThan(20);
    for (const { query, want } of shown) {
      const node = bodyOf(query)[0]!;
      const link = node.kind === 'chain' ? node.links[0]! : null;
      if (link?.kind === 'set' && link.value.kind === 'closure') expect(compactText(query, link.value), query).toBe(want.ok);
    }
    const printed = ACCEPTED.filter(({ query, want }) => /^str\(\|[^|]*\|.*\);$/s.test(query) && typeof want.ok === 'string');
    expect(printed.length).toBeGreaterThan(40);
    for (const { query, want } of printed) {
      const node = bodyOf(query)[0]!;
      if (node.kind === 'call' && node.args[0]?.kind === 'closure') expect(formatText(query, node.args[0]), query).toBe(want.ok);
    }
  });

  it('mean the same when they are read again', () => {
    let count = 0;
    for (const { query } of ACCEPTED) {
      if (query.length > 2000) continue;
      for (const { node } of bodyOf(query).flatMap(ranges)) {
        if (node.kind !== 'closure') continue;
        const closure = node as Closure;
        const compact = compactText(query, closure);
        same(closureOf(compact), closure, query);
        expect(compactText(compact, closureOf(compact))).toBe(compact);
        const pretty = formatText(query, closure);
        // `break` alone ends its line with a semicolon there
        if (!/\b(break|continue)\b/.test(pretty)) same(closureOf(pretty), closure, query);
        count++;
      }
    }
    expect(count).toBeGreaterThan(3_000);
  });

  it.each<[string, string]>([
    ["|| {'text'; 5}", 'text'], ["|| {'it''s'}", "it's"], ["|| {-'x'; 1}", 'x'], ["|| {'x'.upper(); 1}", 'x'], ["|| 'text'", ''], ['|| {`text`; 5}', ''],
    ["|| {('text'); 5}", ''], ["|| {'a' + 'b'; 5}", ''], ["|| {5; 'text'}", ''], ['|| {}', ''], ["|| return {'text'; 5}", ''], ['|| {.a}', ''],
  ])('doc of %j', (text, doc) => {
    expect(docText(closureOf(text))).toBe(doc);
  });
});

describe('nesting', () => {
  const LIMIT = 'query syntax has reached the maximum recursion depth of 500';
  /** How many times `open` may stand before `1`. */
  it.each<[open: string, close: string, most: number]>([
    ['(', ')', 500], ['[', ']', 500], ['{', '}', 500], ['{a:', '}', 500], ['T{a:', '}', 500], ['&{a:', '}', 500], ['T{||', '}', 500], ['f(', ')', 500],
    ['x.f(', ')', 500], ['x[', ']', 500], ['x[1:2:', ']', 500], ['`{', '}`', 500], ['||', '', 500], ['if(1)', '', 500], ['if(', ')', 500], ['if(0)1 else ', '', 500],
    ['return ', '', 500], ['a=', '', 500], ['.a=', '', 500], ['x[1]=', '', 500], ['for(x in y)', '', 500], ['0?1:', '', 500], ['1?', ':0', 500], ['-(', ')', 500],
    ['1+', '', 500], ['1||', '', 500], ['1==1&&1+', '', 166], ['1+(', ')', 250], ['1*1+(', ')', 166], ['1+1?2:', '', 250], ['1?(', '):2', 250], ['||1+', '', 250],
  ])('%s', (open, close, most) => {
    const nested = (n: number): string => open.repeat(n) + '1' + close.repeat(n);
    expect(messageOf(nested(most))).toBe('accepted');
    expect(messageOf(nested(most + 1))).toBe(LIMIT);
  });

  it('does not count chains, signs and statements in a row, nor what is on the left', () => {
    for (const text of ['!'.repeat(20_000) + '1', 'x' + '.a'.repeat(5_000), '1;'.repeat(5_000), `[${'1,'.repeat(5_000)}]`, '('.repeat(498) + '1' + '+1+1)'.repeat(498)]) {
      expect(messageOf(text)).toBe('accepted');
    }
  });

  it('is noticed before anything behind it', () => {
    expect(messageOf('('.repeat(600))).toBe(LIMIT);
    expect(messageOf('('.repeat(600) + ';')).toBe(LIMIT);
    expect(messageOf('1 2' + '('.repeat(600))).toBe('error at line 1, position 2, unexpected character `2`, expecting: ; or end_of_statement');
  });
});

describe('hostile texts', () => {
  const SIZE = 1 << 18;
  const PIECES = [
    '(', '[', '{', '{a:', 'T{a:', 'T{||', '&{a:', '-', '!', '~', '|', '|||||', 'a.', '..a', 'a[', 'a[1]', '1+', '1||', '1<', 'a=', '1?', '0?1:', 'f(', 'if(', 'if(1)',
    'if(1)/2;', 'if(1)2 else ', 'for(', 'for(a,', 'for(a in ', 'return ', 'break;', 'break', '`', '`{', '`{`', "'", '"', '/', '/ ', '/*', '/*a/,', '\\', '/\\', ';', '1;', '1,', ',a',
    'n', '1', '.', '..', '\n', '\r', '\n)', 'é', '\ud83d', '\0', '{{', '}}', '&', '&{', '= ', '0x', '1.', 'e+', ')', ']', '}',
  ];
  it.each(PIECES)('%j', (piece) => {
    const text = piece.repeat(SIZE / piece.length);
    for (const hostile of [text, text + '1', `x = ${text}`, `for(a${text}`, `'${text}`, `(${text})`]) {
      expect(parse(hostile)).toSatisfy((outcome: object) => 'query' in outcome || 'problem' in outcome);
    }
  }, 60_000);

  it('of a megabyte', () => {
    for (const piece of ['(', '-', '!', '|||||', 'a.', '1+', '{', '`{', 'if(1)', 'return ']) {
      for (const hostile of [piece.repeat((1 << 20) / piece.length), piece.repeat((1 << 20) / piece.length) + 'a']) {
        expect(messageOf(hostile)).toMatch(/^accepted$|^error at line 1, position|maximum recursion depth/);
      }
    }
  });

  it('are answered with little of the stack left', () => {
    const text = '['.repeat(500) + ']'.repeat(500);
    const answers = new Set<string>();
    const descend = (): void => {
      try {
        descend();
      } catch {
        // at the very bottom even a catch clause may overflow; some frames above, parse must answer
      }
      if (answers.size < 2) {
        try {
          answers.add('problem' in parse(text) ? 'problem' : 'query');
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
        }
      }
    };
    descend();
    expect(answers).toEqual(new Set(['problem', 'query']));
    expect(bodyOf(text)).toHaveLength(1);
  });
});

describe('hints', () => {
  it.each<[string, string[], string | null]>([
    ['lenght', ['keys', 'len', 'length'], 'length'],
    ['fliter', ['filter', 'flat', 'find'], 'filter'],
    ['nmae', ['name', 'names'], 'name'],
    ['usr', ['user', 'use', 'users'], 'user'],
    ['xyz', ['abc', 'len'], null],
    ['x', ['y'], null],
    ['ab', ['abc'], 'abc'],
    ['name', ['name'], null],
    ['starts_wiht', ['starts_with', 'ends_with'], 'starts_with'],
    ['', ['a'], null],
    ['abcdef', [], null],
  ])('for %s among %j', (word, candidates, expected) => {
    expect(nearest(word, candidates)).toBe(expected);
  });
});

describe('depth of what is left out', () => {
  const forms: readonly [string, (n: number) => string, number][] = [
    ['empty lists', n => '['.repeat(n) + ']'.repeat(n), 500],
    ['lists with an item', n => '['.repeat(n) + '1' + ']'.repeat(n), 500],
    ['calls without arguments', n => 'f('.repeat(n) + ')'.repeat(n), 500],
    ['empty subscripts', n => 'x['.repeat(n) + ']'.repeat(n), 500],
    ['an assigned list', n => 'a = ' + '['.repeat(n) + ']'.repeat(n), 499],
    ['things in lists', n => '['.repeat(n) + '{}' + ']'.repeat(n), 500],
  ];
  for (const [name, text, most] of forms) {
    it(`${name}: ${most} deep at the most`, () => {
      expect('query' in parse(text(most))).toBe(true);
      const refused = parse(text(most + 1));
      expect('problem' in refused && refused.problem.message).toBe('query syntax has reached the maximum recursion depth of 500');
    });
  }
});
