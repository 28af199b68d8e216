/**
 * Examples become something to run: a fenced block `thingsdb,TAG`, together with the block behind it that shows what comes
 * of it, is drawn by the component Example. What the component gets is what the page says; without scripts one
 * sees the page as it was written.
 */
import type { MarkdownRenderer } from 'vitepress';
import { findExamples } from '../../src/check/examples.ts';

type Token = ReturnType<MarkdownRenderer['parse']>[number];

/** Where a fence takes part in an example: the example itself, or what it shows. */
interface Part {
  readonly open: string;
  readonly close: string;
}

export function examples(md: MarkdownRenderer, options: { readonly isPlayground: (page: string) => boolean }): void {
  md.core.ruler.push('examples', state => {
    const { tokens, env } = state;
    const isPlayground = options.isPlayground(env.relativePath ?? '');
    tokens.forEach((token, i) => {
      if (!isExample(token)) return;
      const next = tokens.slice(i + 1).find(({ type }) => type === 'fence');
      const [example] = findExamples(env.relativePath ?? '', [token, ...(next === undefined || isExample(next) ? [] : [next])].map(fenceText).join('\n'));
      const { tag, scope, code, shown } = example!;
      const props = isPlayground ? { code, scope } : { code, tag, scope, shown: shown ?? '' };
      const component = isPlayground ? 'Playground' : 'Example';
      const attributes = Object.entries(props).map(([name, value]) => ` ${name}="${md.utils.escapeHtml(encodeURIComponent(value))}"`).join('');
      token.info = 'thingsdb';
      // Words between the two stay where they are, and the outcome behind them.
      const isJoined = shown !== null && next === tokens[i + 1];
      token.meta = { open: `<${component}${attributes}>`, close: isJoined ? '' : `</${component}>` } satisfies Part;
      if (isJoined) next!.meta = { open: '<template #shown>', close: `</template></${component}>` } satisfies Part;
    });
  });
  const fence = md.renderer.rules.fence!;
  md.renderer.rules.fence = (tokens, index, ...rest) => {
    const { open = '', close = '' } = (tokens[index]!.meta ?? {}) as Partial<Part>;
    return `${open}${fence(tokens, index, ...rest)}${close}`;
  };
}

function isExample(token: Token): boolean {
  return token.type === 'fence' && /^thingsdb\s*,/.test(token.info);
}

function fenceText({ markup, info, content }: Token): string {
  return `${markup}${info}\n${content}${markup}`;
}
