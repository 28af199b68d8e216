/**
 * Examples become something to run: a fenced block `thingsdb,TAG`, together with the block behind it that shows what comes
 * of it, is drawn by the component Example. What the component gets is what the page says; without scripts one
 * sees the page as it was written.
 */
import type { MarkdownRenderer } from 'vitepress';
import { findExamples, type Example } from '../../src/check/examples.ts';

type Token = ReturnType<MarkdownRenderer['parse']>[number];

/** Where a fence takes part in an example: the example itself, or what it shows. */
interface Part {
  readonly open: string;
  readonly close: string;
}

export function examples(md: MarkdownRenderer, options: { readonly isPlayground: (page: string) => boolean }): void {
  md.core.ruler.push('examples', ({ tokens, env }) => {
    const page = env.relativePath ?? '';
    const fences = tokens.filter(({ type }) => type === 'fence');
    const found = findExamples(page, fences.map(fenceText).join('\n'));
    const blocks = fences.filter(({ info }) => /^thingsdb\s*,/.test(info));
    for (const fence of fences) fence.info = fence.info.split(',')[0]!;
    found.forEach((example, i) => {
      const block = blocks[i]!;
      const { code, tag, scope, shown } = example;
      const component = options.isPlayground(page) ? 'Playground' : 'Example';
      const before = JSON.stringify(example.before.filter(isRun).map(earlier => ({ scope: earlier.scope, code: earlier.code })));
      const props = component === 'Playground' ? { code, scope } : { code, tag, scope, shown: shown ?? '', before };
      const attributes = Object.entries(props).map(([name, value]) => ` ${name}="${encodeURIComponent(value).replaceAll("'", '%27')}"`).join('');
      // Words between the code and its outcome stay where they are, and the outcome behind them.
      const behind = tokens[tokens.indexOf(block) + 1];
      const isJoined = shown !== null && behind === fences[fences.indexOf(block) + 1];
      block.meta = { open: `<${component}${attributes}>`, close: isJoined ? '' : `</${component}>` } satisfies Part;
      if (isJoined) behind!.meta = { open: '<template #shown>', close: `</template></${component}>` } satisfies Part;
    });
  });
  const fence = md.renderer.rules.fence!;
  md.renderer.rules.fence = (tokens, index, ...rest) => {
    const { open = '', close = '' } = (tokens[index]!.meta ?? {}) as Partial<Part>;
    return `${open}${fence(tokens, index, ...rest)}${close}`;
  };
}

const isRun = ({ tag }: Example): boolean => tag !== 'no_test' && tag !== 'syntax_only';

function fenceText({ markup, info, content }: Token): string {
  return `${markup}${info}\n${content}${markup}`;
}
