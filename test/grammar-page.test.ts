/** The grammar of the documentation and the parser accept the same texts: right ones, wrong ones, and both with mistakes put in. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from '../grammar/parser.ts';
import { grammarOf, isToken, parseEbnf, Recognizer, type Expr } from '../src/check/ebnf.ts';
import { findExamples } from '../src/check/examples.ts';
import { seededRandom } from '../src/check/seeded.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = readFileSync(`${root}docs/grammar.md`, 'utf8');
const grammar = grammarOf(page);
const recognizer = new Recognizer(grammar);

const files = (dir: string, end: string): string[] => (readdirSync(`${root}${dir}`, { recursive: true }) as string[]).filter(name => name.endsWith(end)).map(name => `${dir}/${name}`);
const examples = files('docs', '.md').flatMap(name => findExamples(name, readFileSync(root + name, 'utf8')).map(({ code }) => code));
const recorded = files('test/conformance', '.jsonl').flatMap(name => readFileSync(root + name, 'utf8').trim().split('\n')
  .flatMap(line => (JSON.parse(line) as { steps: { q: unknown }[] }).steps.flatMap(({ q }) => (typeof q === 'string' ? [q] : []))));

/** Null where the grammar does not say: bounds on depth and on the length of names. */
function parserAccepts(text: string): boolean | null {
  if (/[A-Za-z0-9_]{256}/.test(text)) return null;
  const parsed = parse(text);
  if ('query' in parsed) return true;
  const { message } = parsed.problem;
  if (message.includes('maximum recursion depth')) return null;
  // `break` without a loop is well-formed; that there is a loop is no matter of form.
  return message.startsWith('illegal ');
}

/** Texts of which the two say different things, and how many the parser accepts. */
function compare(texts: Iterable<string>): { readonly wrong: string[]; readonly accepted: number; readonly refused: number } {
  const wrong: string[] = [];
  let accepted = 0;
  let refused = 0;
  for (const text of texts) {
    const wanted = parserAccepts(text);
    if (wanted === null) continue;
    if (wanted) accepted++;
    else refused++;
    const nul = text.indexOf('\0');
    if (recognizer.accepts(nul < 0 ? text : text.slice(0, nul)) !== wanted) wrong.push(`${wanted ? 'refused' : 'accepted'}: ${JSON.stringify(text)}`);
  }
  return { wrong, accepted, refused };
}

test('documented examples and recorded queries', () => {
  // Very long ones are deep; they would try JavaScript's stack instead.
  const { wrong, accepted, refused } = compare(new Set([...examples, ...recorded].filter(text => text.length < 5_000)));
  expect(wrong).toEqual([]);
  expect(accepted).toBeGreaterThan(10_000);
  expect(refused).toBeGreaterThan(300);
});

test('the same with mistakes put in', () => {
  const random = seededRandom(1);
  const pick = (count: number): number => Math.floor(random() * count);
  const texts = [...new Set([...examples, ...recorded])].filter(text => text.length < 200);
  const pieces = texts.flatMap(text => text.match(/\w+|\W/g) ?? []);
  const mutants = Array.from({ length: 5_000 }, () => {
    let text = texts[pick(texts.length)]!;
    for (let count = pick(3); count >= 0; count--) {
      const at = pick(text.length + 1);
      const removed = pick(2) === 0 ? 0 : 1 + pick(3);
      text = text.slice(0, at) + (pick(3) === 0 ? '' : pieces[pick(pieces.length)]!) + text.slice(at + removed);
    }
    return text;
  });
  const { wrong, accepted, refused } = compare(mutants);
  expect(wrong).toEqual([]);
  expect(accepted).toBeGreaterThan(500);
  expect(refused).toBeGreaterThan(500);
});

test('every rule is used, and each that is used is there', () => {
  const used = new Set(['query', 'BLANK']);
  const visit = (expr: Expr): void => {
    if (expr.kind === 'rule') used.add(expr.name);
    else if ('parts' in expr) expr.parts.forEach(visit);
    else if ('part' in expr) visit(expr.part);
  };
  for (const expr of grammar.values()) visit(expr);
  expect([...used].sort()).toEqual([...grammar.keys()].sort());
});

test('the notation', () => {
  const accepts = (rules: string, text: string): boolean => new Recognizer(parseEbnf(`${rules}\nBLANK ::= " "`)).accepts(text);
  expect(accepts(`query ::= "a" ("b" | 'c')* [0-9]+ !"x" "y"?`, 'a b c1 2 y ')).toBe(true);
  expect(accepts('query ::= "a" ("b" | "c")? [0-9]+', 'a')).toBe(false);
  expect(accepts('query ::= "a" !"x" "x"', 'ax')).toBe(false);
  expect(accepts('query ::= &"a" [a-z]', 'a')).toBe(true);
  expect(accepts('query ::= AB\nAB ::= "a" "b"', 'a b')).toBe(false);
  expect(accepts('query ::= "a" | "ab"', 'ab')).toBe(false);
  expect(() => parseEbnf('a ::= ("b"')).toThrow('not closed');
  expect(() => parseEbnf('"b"')).toThrow('should begin');
  expect(isToken('NAME') && !isToken('name')).toBe(true);
});
