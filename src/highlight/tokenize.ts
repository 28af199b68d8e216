/**
 * Cuts text by a TextMate grammar, one line at a time as editors do: as much of such grammars as ours uses. The editor of
 * the site colours with it, so that all editors go by one description.
 */
import type { Captures, Rule, TextMateGrammar } from './textmate.ts';

export interface Span {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  /** Innermost scope, as `string.regexp.thingsdb`. */
  readonly scope: string;
}

/** The rules that are open at the end of a line, innermost last. */
export type Open = readonly Ready[];

interface Ready {
  readonly scope: string;
  /** Of what stands between begin and end. */
  readonly content: string;
  readonly regex: RegExp;
  readonly captures: Captures | undefined;
  /** For a rule with an end. */
  readonly end: RegExp | null;
  readonly endCaptures: Captures | undefined;
  readonly inner: readonly Ready[];
}

export class Tokenizer {
  private readonly top: readonly Ready[];

  constructor(grammar: TextMateGrammar) {
    const top: Ready[] = [];
    top.push(...prepare(grammar.patterns, top));
    this.top = top;
  }

  /** The spans of a line that have a scope, and what is open behind it. */
  line(text: string, before: Open): { readonly spans: readonly Span[]; readonly open: Open } {
    const spans: Span[] = [];
    const open = [...before];
    let at = 0;
    for (;;) {
      const inside = open.at(-1);
      const found = first(inside?.inner ?? this.top, inside?.end ?? null, text, at);
      const to = found?.match.index ?? text.length;
      if (to > at && inside !== undefined && inside.content !== '') spans.push({ from: at, to, scope: inside.content });
      if (found === null) return { spans, open };
      const { match, rule } = found;
      const scope = rule === null ? inside!.scope : rule.scope;
      addSpans(spans, match, scope, rule === null ? inside!.endCaptures : rule.captures);
      if (rule === null) open.pop();
      else if (rule.end !== null) open.push(rule);
      at = to + match[0].length;
    }
  }

  /** The spans of a whole text. */
  text(text: string): Span[] {
    const spans: Span[] = [];
    let open: Open = [];
    let start = 0;
    for (const line of text.split('\n')) {
      const read = this.line(line, open);
      for (const { from, to, scope } of read.spans) spans.push({ from: start + from, to: start + to, scope });
      open = read.open;
      start += line.length + 1;
    }
    return spans;
  }
}

function prepare(rules: readonly Rule[], top: readonly Ready[]): Ready[] {
  return rules.map(rule => {
    const inner = rule.patterns ?? [];
    const source = rule.match ?? rule.begin!;
    return {
      scope: rule.name ?? '',
      content: rule.contentName ?? rule.name ?? '',
      regex: new RegExp(source, 'dg'),
      captures: rule.captures ?? rule.beginCaptures,
      end: rule.end === undefined ? null : new RegExp(rule.end, 'dg'),
      endCaptures: rule.endCaptures,
      inner: inner.some(({ include }) => include === '$self') ? top : prepare(inner, top),
    };
  });
}

interface Found {
  readonly match: RegExpExecArray;
  /** Null: the end of the innermost open rule. */
  readonly rule: Ready | null;
}

/** The match that begins first; at the same place the end, then the rule that comes first. */
function first(rules: readonly Ready[], end: RegExp | null, text: string, at: number): Found | null {
  let best: Found | null = null;
  const attempt = (regex: RegExp, rule: Ready | null): void => {
    regex.lastIndex = at;
    const match = regex.exec(text);
    if (match !== null && match[0] !== '' && (best === null || match.index < best.match.index)) best = { match, rule };
  };
  if (end !== null) attempt(end, null);
  for (const rule of rules) attempt(rule.regex, rule);
  return best;
}

function addSpans(spans: Span[], match: RegExpExecArray, scope: string, captures: Captures | undefined): void {
  let at = match.index;
  const end = at + match[0].length;
  const add = (to: number, name: string): void => {
    if (to > at && name !== '') spans.push({ from: at, to, scope: name });
    at = to;
  };
  for (const [group, { name }] of Object.entries(captures ?? {})) {
    const range = match.indices![Number(group)];
    if (range === undefined) continue;
    add(range[0], scope);
    add(range[1], name);
  }
  add(end, scope);
}
