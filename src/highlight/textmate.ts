/**
 * The language as a TextMate grammar, for editors and sites: made of the token patterns of the parser
 * (`grammar/tokens.ts`), the constants and the built-ins, so that new words are known by themselves.
 *
 * Such a grammar goes by one line and by regular expressions, and cannot parse. Where a sign has two meanings, the one
 * that it has behind an operand comes first: `/` and `|` begin a regular expression or a closure only elsewhere.
 */
import { CONSTANTS } from '../evaluator/names.ts';
import type { Registry } from '../functions/registry.ts';
import * as T from '../../grammar/tokens.ts';

export interface Rule {
  readonly include?: string;
  readonly name?: string;
  /** Scope of what stands between begin and end. */
  readonly contentName?: string;
  readonly match?: string;
  readonly begin?: string;
  readonly end?: string;
  readonly captures?: Captures;
  readonly beginCaptures?: Captures;
  readonly endCaptures?: Captures;
  readonly patterns?: readonly Rule[];
}
export type Captures = Readonly<Record<string, { readonly name: string }>>;

export interface TextMateGrammar {
  readonly name: string;
  readonly displayName: string;
  readonly scopeName: string;
  readonly fileTypes: readonly string[];
  readonly patterns: readonly Rule[];
}

const NAME = '[A-Za-z_][A-Za-z0-9_]*';
/** Behind the end of an operand: a name that is no keyword, a number, a text, a closing bracket. */
const AFTER_OPERAND = '(?<=[A-Za-z0-9_)\\]\'"`])(?<!\\breturn|\\belse|\\bin)';

const pattern = (type: { PATTERN?: unknown }): string => (type.PATTERN as RegExp).source;
const anyOf = (words: Iterable<string>): string => `(?:${[...words].sort().join('|')})\\b`;

export function textMateGrammar(registry: Registry): TextMateGrammar {
  const functions = new Set(registry.functionNames());
  const methods = new Set(registry.all.filter(({ spec }) => spec.on !== undefined).map(({ name }) => name));
  return {
    name: 'thingsdb',
    displayName: 'ThingsDB',
    scopeName: 'source.thingsdb',
    fileTypes: ['ti', 'thingsdb'],
    patterns: [
      { name: 'comment.line.double-slash.thingsdb', match: '//.*' },
      { name: 'comment.block.thingsdb', begin: '/\\*', end: '\\*/' },
      TEMPLATE,
      quoted("'", 'single'),
      quoted('"', 'double'),
      { name: 'keyword.operator.thingsdb', match: `${AFTER_OPERAND}\\s*(?:/(?![/*])=?|\\|\\|?=?)` },
      { name: 'string.regexp.thingsdb', match: pattern(T.Regex) },
      {
        match: `(\\|)(\\s*${NAME}(?:\\s*,\\s*${NAME})*\\s*,?\\s*)?(\\|)`,
        captures: named({ 1: 'punctuation.definition.parameters', 2: 'variable.parameter', 3: 'punctuation.definition.parameters' }),
      },
      ...members(methods),
      ...KEYS,
      { name: 'keyword.control.thingsdb', match: `\\b${anyOf([T.If, T.Else, T.For, T.In, T.Return, T.Break, T.Continue].map(type => type.LABEL!))}` },
      { name: 'constant.language.thingsdb', match: `\\b${anyOf([T.Nil, T.True, T.False, T.Inf, T.Nan].map(type => type.LABEL!))}` },
      { name: 'support.constant.thingsdb', match: `\\b${anyOf(CONSTANTS.keys())}` },
      { name: 'support.function.thingsdb', match: `\\b${anyOf(functions)}(?=\\s*\\()` },
      { name: 'entity.name.function.thingsdb', match: `${NAME}(?=\\s*\\()` },
      { name: 'entity.name.type.thingsdb', match: `${NAME}(?=\\{)` },
      { name: 'variable.other.thingsdb', match: NAME },
      { name: 'constant.numeric.float.thingsdb', match: pattern(T.Float) },
      { name: 'constant.numeric.integer.thingsdb', match: pattern(T.Int) },
      { name: 'keyword.operator.thingsdb', match: '[-+*/%&|^=!<>~?]+' },
    ],
  };
}

const TEMPLATE: Rule = {
  name: 'string.template.thingsdb',
  begin: '`',
  end: '`(?!`)',
  patterns: [
    { name: 'constant.character.escape.thingsdb', match: '``|\\{\\{|\\}\\}' },
    {
      // What colour themes know an expression within a text by.
      name: 'punctuation.section.embedded.thingsdb',
      contentName: 'source.thingsdb',
      begin: '\\{',
      end: '\\}',
      patterns: [{ include: '$self' }],
    },
  ],
};

function quoted(quote: string, kind: string): Rule {
  return {
    name: `string.quoted.${kind}.thingsdb`,
    begin: quote,
    end: `${quote}(?!${quote})`,
    patterns: [{ name: 'constant.character.escape.thingsdb', match: quote + quote }],
  };
}

/** `.name` and `.name(…)`. */
function members(methods: Iterable<string>): Rule[] {
  const dot = '(\\.\\.?)\\s*';
  const member = (name: string, match: string): Rule =>
    ({ match: dot + match, captures: named({ 1: 'punctuation.accessor', 2: name }) });
  return [
    member('support.function', `(${anyOf(methods)})(?=\\s*\\()`),
    member('entity.name.function', `(${NAME})(?=\\s*\\()`),
    member('variable.other.property', `(${NAME})`),
  ];
}

/** Keys of things, and braces, so that those in a template's expression find their end. */
const KEYS: readonly Rule[] = [
  {
    match: `(?:^|(,))\\s*(${NAME})\\s*(:)`,
    captures: named({ 2: 'variable.other.property', 3: 'punctuation.separator.key-value' }),
  },
  {
    begin: `\\{(?:\\s*(${NAME})\\s*(:))?`,
    end: '\\}',
    beginCaptures: named({ 1: 'variable.other.property', 2: 'punctuation.separator.key-value' }),
    patterns: [{ include: '$self' }],
  },
];

function named(names: Readonly<Record<number, string>>): Captures {
  return Object.fromEntries(Object.entries(names).map(([group, name]) => [group, { name: `${name}.thingsdb` }]));
}
