/** The language for CodeMirror: colours from the same syntax that other editors use, completion, hover texts, error marks. */
import { autocompletion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import { LanguageSupport, StreamLanguage, type StreamParser } from '@codemirror/language';
import { linter, type Diagnostic } from '@codemirror/lint';
import { hoverTooltip, type Tooltip } from '@codemirror/view';
import { tags, type Tag } from '@lezer/highlight';
import syntax from '../../editors/vscode/syntaxes/thingsdb.tmLanguage.json';
import type { PageHelp } from '../../src/help/page.ts';
import { Tokenizer, type Open, type Span } from '../../src/highlight/tokenize.ts';

/** What the worker knows of the language. */
export interface LanguageService {
  /** The first mistake in a text; null when it can be read. */
  check(code: string): Promise<{ readonly message: string; readonly pos: number } | null>;
  /** What may follow a text. */
  complete(scope: string, before: string): Promise<{ readonly typed: string; readonly options: readonly Suggestion[] }>;
  /** The pages about a name. */
  describe(name: string, isMember: boolean): Promise<readonly HelpPage[]>;
}

export interface HelpPage extends PageHelp {
  readonly page: string;
}

export interface Suggestion {
  readonly name: string;
  readonly kind: string;
  readonly help: readonly HelpPage[];
}

/** Scopes of the syntax and what they are for CodeMirror; the longest that fits a scope counts. */
const TAGS: Readonly<Record<string, Tag>> = {
  'comment': tags.comment,
  'string': tags.string,
  'string.regexp': tags.regexp,
  'constant.character.escape': tags.escape,
  'constant.numeric': tags.number,
  'constant.language': tags.bool,
  'support.constant': tags.standard(tags.variableName),
  'support.function': tags.standard(tags.function(tags.variableName)),
  'entity.name.function': tags.function(tags.variableName),
  'entity.name.type': tags.typeName,
  'keyword.control': tags.keyword,
  'keyword.operator': tags.operator,
  'variable.parameter': tags.local(tags.variableName),
  'variable.other.property': tags.propertyName,
  'punctuation.section.embedded': tags.special(tags.brace),
};

interface State {
  open: Open;
  spans: readonly Span[];
}

const tokenizer = new Tokenizer(syntax);

const parser: StreamParser<State> = {
  name: 'thingsdb',
  startState: () => ({ open: [], spans: [] }),
  copyState: state => ({ ...state }),
  token(stream, state) {
    if (stream.sol()) {
      const { spans, open } = tokenizer.line(stream.string, state.open);
      state.open = open;
      state.spans = spans;
    }
    const span = state.spans.find(({ to }) => to > stream.pos);
    stream.pos = span === undefined ? stream.string.length : stream.pos < span.from ? span.from : span.to;
    return span === undefined || stream.pos === span.from ? null : tokenName(span.scope);
  },
  blankLine: state => {
    state.open = tokenizer.line('', state.open).open;
  },
  tokenTable: Object.fromEntries(Object.entries(TAGS).map(([scope, tag]) => [asName(scope), tag])),
  languageData: { commentTokens: { line: '//', block: { open: '/*', close: '*/' } }, closeBrackets: { brackets: ['(', '[', '{', "'", '"', '`'] } },
};

function tokenName(scope: string): string | null {
  for (let part = scope; part !== ''; part = part.slice(0, Math.max(0, part.lastIndexOf('.')))) if (part in TAGS) return asName(part);
  return null;
}

/** Dots have a meaning of their own in names of tokens. */
function asName(scope: string): string {
  return scope.replaceAll('.', '-');
}

/** `known` gives the mark of an error that came of running the text, when it can be read. */
export function thingsdb(service: LanguageService, scope: () => string, known: (text: string) => Diagnostic | null): LanguageSupport {
  return new LanguageSupport(StreamLanguage.define(parser), [
    autocompletion({ override: [context => complete(context, service, scope())], icons: false }),
    linter(async view => {
      const text = view.state.doc.toString();
      const problem = await service.check(text);
      const diagnostic = problem === null ? known(text) : mark(problem.message, problem.pos, text.length);
      return diagnostic === null ? [] : [diagnostic];
    }, { delay: 300 }),
    hoverTooltip(async (view, pos) => {
      const { from, to, text } = view.state.doc.lineAt(pos);
      const start = pos - /[A-Za-z0-9_]*$/.exec(text.slice(0, pos - from))![0].length;
      const end = pos + /^[A-Za-z0-9_]*/.exec(text.slice(pos - from))![0].length;
      if (start === end || to < start) return null;
      const pages = await service.describe(text.slice(start - from, end - from), text[start - from - 1] === '.');
      return pages.length === 0 ? null : ({ pos: start, end, above: true, create: () => ({ dom: helpElement(pages) }) } satisfies Tooltip);
    }),
  ]);
}

/** A mark of one character, at the end of the text of the one before it. */
export function mark(message: string, pos: number, length: number): Diagnostic {
  const from = Math.max(0, Math.min(pos, length - 1));
  return { from, to: Math.min(from + 1, length), severity: 'error', message };
}

async function complete(context: CompletionContext, service: LanguageService, scope: string): Promise<CompletionResult | null> {
  const before = context.state.sliceDoc(0, context.pos);
  if (!context.explicit && !/[A-Za-z_]\w*$|[\w)\]}'"`\s]\.$|^\.$/.test(before)) return null;
  const { typed, options } = await service.complete(scope, before);
  return {
    from: context.pos - typed.length,
    validFor: /^\w*$/,
    options: options.map(({ name, kind, help }) => ({
      label: name,
      type: kind,
      ...(kind === 'function' || kind === 'method' ? { apply: `${name}(` } : {}),
      ...(help.length === 0 ? {} : { detail: help.length === 1 ? help[0]!.signatures[0]!.replace(/^[^(]*/, '') : `${help.length} types`, info: () => helpElement(help) }),
    })),
  };
}

/** Pages that are shown in full; of more, as of `len`, only the calls. */
const SHOWN = 3;

function helpElement(pages: readonly HelpPage[]): HTMLElement {
  const box = document.createElement('div');
  box.className = 'help';
  for (const { page, summary, signatures } of pages) {
    const call = box.appendChild(document.createElement('a'));
    call.href = `${import.meta.env.BASE_URL}${page}.html`;
    call.textContent = signatures.at(-1)!;
    if (pages.length <= SHOWN) box.appendChild(document.createElement('p')).textContent = summary;
  }
  return box;
}
