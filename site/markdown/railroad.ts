/** Rules of a grammar, in blocks of language `ebnf`, as railroad diagrams; the text stays below them. */
import railroad, { type Part } from 'railroad-diagrams';
import type { MarkdownRenderer } from 'vitepress';
import { isToken, parseEbnf, type Expr } from '../../src/check/ebnf.ts';

/** The notation itself, for colours. */
export const EBNF_SYNTAX = {
  name: 'ebnf',
  scopeName: 'source.ebnf',
  repository: {},
  patterns: [
    { name: 'entity.name.function.ebnf', match: '^\\w+(?=\\s*::=)' },
    { name: 'string.quoted.ebnf', match: '"[^"]*"|\'[^\']*\'' },
    { name: 'string.regexp.ebnf', match: '\\[(?:[^\\]\\\\]|\\\\.)+\\]' },
    { name: 'keyword.operator.ebnf', match: '::=|[|?*+!&()]' },
  ],
};

export function railroads(md: MarkdownRenderer): void {
  const fence = md.renderer.rules.fence!;
  md.renderer.rules.fence = (tokens, index, ...rest) => {
    const { info, content } = tokens[index]!;
    const text = fence(tokens, index, ...rest);
    if (info.trim() !== 'ebnf') return text;
    const diagrams = [...parseEbnf(content)].map(([name, expr]) =>
      `<figure id="${name}" class="railroad" v-pre><figcaption>${name}</figcaption>${linked(railroad.Diagram(draw(expr)).toString())}</figure>`);
    return `${diagrams.join('\n')}<details class="ebnf"><summary>as text</summary>${text}</details>`;
  };
}

/** The library knows no links: the names in square boxes become such; those of texts are round. */
function linked(svg: string): string {
  return svg.replace(/(<rect(?:(?! rx=)[^>])*><\/rect>\s*)(<text[^>]*>(\w+)<\/text>)/g, '$1<a href="#$3">$2</a>');
}

function draw(expr: Expr): Part {
  switch (expr.kind) {
    case 'choice': return railroad.Choice(0, ...expr.parts.map(draw));
    case 'sequence': return railroad.Sequence(...expr.parts.map(draw));
    case 'repeat':
      if (expr.max === 1) return railroad.Optional(draw(expr.part));
      return expr.min === 0 ? railroad.ZeroOrMore(draw(expr.part)) : railroad.OneOrMore(draw(expr.part));
    case 'ahead': return railroad.Comment(`${expr.wanted ? 'before' : 'not before'} ${shortText(expr.part)}`);
    case 'text': return railroad.Terminal(expr.text);
    case 'class': return railroad.Terminal(expr.source);
    case 'rule': return railroad.NonTerminal(expr.name);
  }
}

/** An expression in a line, for what is only looked at. */
function shortText(expr: Expr): string {
  switch (expr.kind) {
    case 'choice': return expr.parts.map(shortText).join(' or ');
    case 'sequence': return expr.parts.map(shortText).join(' ');
    case 'repeat': return shortText(expr.part) + (expr.max === 1 ? '?' : expr.min === 0 ? '*' : '+');
    case 'ahead': return `${expr.wanted ? '&' : '!'}${shortText(expr.part)}`;
    case 'text': return expr.text;
    case 'class': return expr.source;
    case 'rule': return isToken(expr.name) ? expr.name.toLowerCase() : expr.name;
  }
}
