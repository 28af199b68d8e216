/** The syntax for editors says the same of a text as the parser does. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Node } from '../grammar/ast.ts';
import { parse } from '../grammar/parser.ts';
import { findExamples } from '../src/check/examples.ts';
import { ALL } from '../src/functions/all.gen.ts';
import { Registry } from '../src/functions/registry.ts';
import { textMateGrammar } from '../src/highlight/textmate.ts';
import { Tokenizer, type Span } from '../src/highlight/tokenize.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const grammar = textMateGrammar(new Registry(ALL));
const tokenizer = new Tokenizer(grammar);

test('the syntax in editors/ is made of the parser’s tokens and the built-ins', () => {
  const written = readFileSync(`${root}editors/vscode/syntaxes/thingsdb.tmLanguage.json`, 'utf8');
  expect(written, 'run `npm run editors`').toBe(`${JSON.stringify(grammar, null, 2)}\n`);
});

/** What a node looks like, where that follows from its kind. */
const SCOPES: Readonly<Record<string, RegExp>> = {
  str: /^(string\.quoted|constant\.character)/,
  regex: /^string\.regexp/,
  int: /^constant\.numeric|^keyword\.operator/,
  float: /^constant\.(numeric|language)|^keyword\.operator/,
  nil: /^constant\.language/,
  bool: /^constant\.language/,
};
const KEYWORDS = ['if', 'for', 'return', 'break', 'continue'];

function nodesOf(value: unknown): Node[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flat().flatMap(nodesOf);
  return 'kind' in value && 'pos' in value ? [value as Node, ...inner] : inner;
}

/** Where a text is coloured otherwise than it is parsed. */
function wrongColours(text: string): string[] {
  const parsed = parse(text);
  if ('problem' in parsed) return [];
  const spans = tokenizer.text(text);
  const scopeAt = (pos: number): string => spans.find(({ from, to }) => from <= pos && pos < to)?.scope ?? '';
  const nodes = nodesOf(parsed.query.body);
  const wrong: string[] = [];
  for (const node of nodes) {
    const wanted = KEYWORDS.includes(node.kind) ? /^keyword\.control/ : SCOPES[node.kind];
    if (wanted === undefined) continue;
    const end = KEYWORDS.includes(node.kind) ? node.pos + node.kind.length : node.end;
    for (let pos = node.pos; pos < end; pos++) {
      if (text[pos] !== '\n' && !wanted.test(scopeAt(pos))) {
        wrong.push(`${JSON.stringify(text.slice(node.pos, node.end))} is a ${node.kind}, coloured as ${scopeAt(pos)}`);
        break;
      }
    }
  }
  const texts = nodes.filter(({ kind }) => kind === 'str' || kind === 'regex' || kind === 'template');
  const isText = ({ scope }: Span): boolean => scope.startsWith('string.');
  for (const span of spans.filter(isText)) {
    if (!texts.some(({ pos, end }) => pos <= span.from && span.to <= end)) wrong.push(`${JSON.stringify(text.slice(span.from, span.to))} is no text, coloured as ${span.scope}`);
  }
  return wrong;
}

describe('colours', () => {
  test('every example of the documentation', () => {
    const wrong: string[] = [];
    for (const page of (readdirSync(`${root}docs`, { recursive: true }) as string[]).filter(name => name.endsWith('.md'))) {
      for (const { line, code } of findExamples(page, readFileSync(`${root}docs/${page}`, 'utf8'))) {
        for (const why of wrongColours(code)) wrong.push(`${page}:${line}: ${why}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('what looks like something else', () => {
    const texts = [
      'a = 6 / 2 / 3;', 'x.y / 2; 4 / 2', "f('a') / g(\"b\") / 2", 'a[0] / b[1] / 2', '`{1}` + `/{2}/`', '/a\\/b/i.test(x)', 'return /a+/g', '[/a/, /b/]',
      "'it''s' + \"a \"\"b\"\"\"", '`a ``b`` {{c}} {d + `{e}`} f`', '`{ {a: 1}.a }`', '`{|x| { x } }`', '// no `text\n1', '1 /* \'a */ + /* b\n c */ 2', "'a\nb'", '`a\n{b}\nc`',
      'a || b | c', '|a, b| a || b', 'x.map(|| 1)', 'a ? b : c', '{a: 1, b: {c: 2}}', 'T{a: 1}', 'E{A}', '.5 + 1.5e-3 - 0xff', 'x.nil_count + x.format', "for (x in y) 'a'",
    ];
    expect(texts.flatMap(wrongColours)).toEqual([]);
    for (const text of texts) expect(parse(text), text).not.toHaveProperty('problem');
  });

  test('built-ins, members and parameters', () => {
    const scopes = (text: string): string[] => tokenizer.text(text).map(({ from, to, scope }) => `${text.slice(from, to)} ${scope.replace('.thingsdb', '')}`);
    expect(scopes('now().foo(|x| nil)')).toEqual([
      'now support.function', '. punctuation.accessor', 'foo entity.name.function',
      '| punctuation.definition.parameters', 'x variable.parameter', '| punctuation.definition.parameters', 'nil constant.language',
    ]);
    expect(scopes("{name: .x.map()}")).toEqual([
      'name variable.other.property', ': punctuation.separator.key-value', '. punctuation.accessor', 'x variable.other.property', '. punctuation.accessor', 'map support.function',
    ]);
  });
});
