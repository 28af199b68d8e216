/**
 * The notation of the grammar page: EBNF whose alternatives are tried in order, as ThingsDB's own parser does. A grammar is read
 * from the page, so that tests can hold it against the parser and the site can draw it.
 */
export type Expr =
  | { readonly kind: 'choice' | 'sequence'; readonly parts: readonly Expr[] }
  | { readonly kind: 'repeat'; readonly part: Expr; readonly min: 0 | 1; readonly max: 1 | typeof Infinity }
  /** Looks without taking. */
  | { readonly kind: 'ahead'; readonly part: Expr; readonly wanted: boolean }
  | { readonly kind: 'text'; readonly text: string }
  /** `[A-Z]`: one character. */
  | { readonly kind: 'class'; readonly source: string }
  | { readonly kind: 'rule'; readonly name: string };

export type Grammar = ReadonlyMap<string, Expr>;

/** The blocks of language `ebnf` of a page, as one grammar. */
export function grammarOf(page: string): Grammar {
  const rules = new Map<string, Expr>();
  for (const [, block] of page.matchAll(/^```ebnf\n([^]*?)^```$/gm)) {
    for (const [name, expr] of parseEbnf(block!)) {
      if (rules.has(name)) throw new Error(`\`${name}\` is defined twice`);
      rules.set(name, expr);
    }
  }
  return rules;
}

const TOKEN = /\s+|([A-Za-z]+)\s*(::=)?|"([^"]*)"|'([^']*)'|(\[(?:[^\]\\]|\\.)+\])|([()|?*+!&])/y;

interface Token {
  readonly kind: 'name' | 'define' | 'text' | 'class' | 'sign' | 'end';
  readonly text: string;
}

export function parseEbnf(source: string): Grammar {
  const tokens = tokenize(source);
  let at = 0;
  const is = (kind: Token['kind'], text?: string): boolean => tokens[at]!.kind === kind && (text === undefined || tokens[at]!.text === text);
  const take = (kind: Token['kind'], text?: string): boolean => is(kind, text) && ++at > 0;

  const choice = (): Expr => {
    const parts = [sequence()];
    while (take('sign', '|')) parts.push(sequence());
    return parts.length === 1 ? parts[0]! : { kind: 'choice', parts };
  };
  const sequence = (): Expr => {
    const parts: Expr[] = [];
    while (!is('end') && !is('define') && !is('sign', '|') && !is('sign', ')')) parts.push(prefixed());
    return parts.length === 1 ? parts[0]! : { kind: 'sequence', parts };
  };
  const prefixed = (): Expr => {
    if (take('sign', '!')) return { kind: 'ahead', part: repeated(), wanted: false };
    if (take('sign', '&')) return { kind: 'ahead', part: repeated(), wanted: true };
    return repeated();
  };
  const repeated = (): Expr => {
    let part = primary();
    for (;;) {
      if (take('sign', '?')) part = { kind: 'repeat', part, min: 0, max: 1 };
      else if (take('sign', '*')) part = { kind: 'repeat', part, min: 0, max: Infinity };
      else if (take('sign', '+')) part = { kind: 'repeat', part, min: 1, max: Infinity };
      else return part;
    }
  };
  const primary = (): Expr => {
    const { kind, text } = tokens[at++]!;
    switch (kind) {
      case 'name': return { kind: 'rule', name: text };
      case 'text': return { kind: 'text', text };
      case 'class': return { kind: 'class', source: text };
    }
    if (kind !== 'sign' || text !== '(') throw new Error(`unexpected \`${text}\``);
    const inner = choice();
    if (!take('sign', ')')) throw new Error('a parenthesis is not closed');
    return inner;
  };

  const rules = new Map<string, Expr>();
  while (!is('end')) {
    const name = tokens[at]!.text;
    if (!take('define')) throw new Error(`a rule should begin at \`${name}\``);
    rules.set(name, choice());
  }
  return rules;
}

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  for (let from = 0; from < source.length; from = TOKEN.lastIndex) {
    TOKEN.lastIndex = from;
    const match = TOKEN.exec(source);
    if (match === null) throw new Error(`cannot read \`${source.slice(from, from + 40)}\``);
    const [, name, define, double, single, group, sign] = match;
    if (name !== undefined) tokens.push({ kind: define === undefined ? 'name' : 'define', text: name });
    else if (double !== undefined || single !== undefined) tokens.push({ kind: 'text', text: (double ?? single)! });
    else if (group !== undefined) tokens.push({ kind: 'class', text: group });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign });
  }
  tokens.push({ kind: 'end', text: '' });
  return tokens;
}

/** Names in capitals are tokens: nothing may stand between their parts. */
export const isToken = (name: string): boolean => name === name.toUpperCase();

/** Tells which texts a grammar accepts: from its rule `query`, with its rule `BLANK` between tokens. */
export class Recognizer {
  private readonly grammar: Grammar;
  private readonly classes = new Map<string, RegExp>();
  private text = '';
  private known = new Map<string, Map<number, number>>();

  constructor(grammar: Grammar) {
    this.grammar = grammar;
  }

  accepts(text: string): boolean {
    this.text = text;
    this.known = new Map();
    return this.blank(this.rule('query', 0)) === text.length;
  }

  // Each method takes the position where to read and gives the one behind what it read; -1 when it is not there.

  private rule(name: string, pos: number): number {
    let known = this.known.get(name);
    if (known === undefined) this.known.set(name, (known = new Map()));
    let end = known.get(pos);
    if (end === undefined) {
      const expr = this.grammar.get(name);
      if (expr === undefined) throw new Error(`the grammar has no rule \`${name}\``);
      end = this.read(expr, pos, isToken(name));
      known.set(pos, end);
    }
    return end;
  }

  private read(expr: Expr, pos: number, glued: boolean): number {
    switch (expr.kind) {
      case 'choice':
        for (const part of expr.parts) {
          const end = this.read(part, pos, glued);
          if (end >= 0) return end;
        }
        return -1;
      case 'sequence': {
        let end = pos;
        for (const part of expr.parts) if ((end = this.read(part, end, glued)) < 0) return -1;
        return end;
      }
      case 'repeat': {
        let end = pos;
        for (let count = 0; count < expr.max; count++) {
          const next = this.read(expr.part, end, glued);
          if (next < 0) return count < expr.min ? -1 : end;
          if (next === end) return end;
          end = next;
        }
        return end;
      }
      case 'ahead': return this.read(expr.part, pos, glued) >= 0 === expr.wanted ? pos : -1;
      case 'rule': return this.rule(expr.name, glued || !isToken(expr.name) ? pos : this.blank(pos));
      case 'text': {
        const start = glued ? pos : this.blank(pos);
        return this.text.startsWith(expr.text, start) ? start + expr.text.length : -1;
      }
      case 'class': {
        const start = glued ? pos : this.blank(pos);
        let regex = this.classes.get(expr.source);
        if (regex === undefined) this.classes.set(expr.source, (regex = new RegExp(expr.source, 'y')));
        regex.lastIndex = start;
        return regex.test(this.text) ? start + 1 : -1;
      }
    }
  }

  private blank(pos: number): number {
    let end = pos;
    for (let next = this.rule('BLANK', end); next > end; next = this.rule('BLANK', end)) end = next;
    return end;
  }
}
